// A WHIP publisher (RFC 9725) made of GStreamer's own webrtcbin.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <gst/gst.h>
#include <libsoup/soup.h>

#include "support/glib/main_loop.hpp"
#include "support/glib/ref.hpp"

namespace whip_publish {

struct Options {
  std::string url;        ///< http(s)://host/whip/room
  std::string token;      ///< sent as Bearer; empty: none
  std::string video;      ///< gst-launch line that ends in RTP, as "… ! vp8enc ! rtpvp8pay"
  std::string audio;      ///< the same; either may be empty
  bool sendrecv = false;  ///< offers as webrtcbin does by itself; else sendonly, as WHIP wants it
};

/// Main-bound, but for what webrtcbin calls on its own threads; that is posted to the main loop,
/// which outlives the publisher.
class Publisher {
 public:
  /// `failed` is called once, with a sentence, when nothing is published or no longer so.
  Publisher(Options options, parley::MainLoop& main_loop,
            std::function<void(const std::string&)> failed);
  ~Publisher();
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  /// Nothing when it goes on; else why the pipeline does not start.
  std::optional<std::string> start();
  /// Ends the session at the server (DELETE) and waits for its answer.
  void stop();

 private:
  void set_directions();
  void make_offer();
  void post_when_gathered();
  void post_offer(const std::string& sdp);
  void take_answer(const std::string& sdp);
  void fail(const std::string& why);
  [[nodiscard]] parley::Ref<SoupMessage> request(const char* method, const std::string& url) const;

  Options options_;
  parley::MainLoop& main_loop_;
  std::function<void(const std::string&)> failed_;
  parley::Ref<SoupSession> http_;
  parley::Ref<GstElement> pipeline_;
  parley::Ref<GstElement> webrtc_;
  std::string location_;
  bool posted_ = false;
};

}  // namespace whip_publish
