// A browser's stand-in: a webrtcbin on libnice that answers a server's whole offer.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gst/gst.h>

#include "pipelines/participant.hpp"
#include "support/glib/main_loop.hpp"
#include "support/glib/ref.hpp"

namespace parley::pipelines::testing {

/// A message of this text is counted by pings() alone.
inline constexpr const char* kPing = "ping";

/// Main-bound.
class WebrtcClient {
 public:
  struct Options {
    bool open_channels = false;  ///< opens `room` channels of its own, and one of another label
    bool send_audio = false;
  };
  WebrtcClient(MainLoop& main_loop, const Options& options);
  ~WebrtcClient();
  WebrtcClient(const WebrtcClient&) = delete;
  WebrtcClient& operator=(const WebrtcClient&) = delete;

  /// Takes the offer; the answer is there once answer() is not empty.
  void take_offer(const std::string& sdp);
  [[nodiscard]] const std::string& answer() const;

  /// Closes as a browser does, with a word of DTLS (webrtcbin by itself just falls silent).
  void say_goodbye();

  /// Sends on every open channel of that label and ordering.
  void send(const std::string& label, bool ordered, const DataMessage& message);
  /// Channels that are open: the server's first, as they come, and then the client's.
  [[nodiscard]] std::size_t open_channels() const;
  [[nodiscard]] const std::vector<DataMessage>& received() const;
  [[nodiscard]] unsigned pings() const;
  /// Which of its channels got the messages: true for those the client opened.
  [[nodiscard]] const std::vector<bool>& received_on_own() const;
  /// RTP buffers that have come out of webrtcbin.
  [[nodiscard]] unsigned media_buffers() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace parley::pipelines::testing
