// Brings what shards report to the main thread.
#pragma once

#include "server/conference.hpp"
#include "support/glib/main_loop.hpp"
#include "transport/transport.hpp"

namespace parley::server {

/// Called on shard threads; each call posts ids and values. It outlives the transport, and the
/// conference is named once it exists; events before and after its life are dropped.
class TransportEvents final : public transport::Listener {
 public:
  explicit TransportEvents(MainLoop& main_loop) : main_loop_(main_loop) {}

  /// Main-bound. Null ends the reporting.
  void report_to(Conference* conference) { conference_ = conference; }

  void on_connected(transport::ConnectionId) override {}
  void on_media_ready(transport::ConnectionId) override {}
  void on_lost(transport::ConnectionId id, transport::Lost lost) override {
    post([=](Conference& conference) { conference.on_lost(id, lost); });
  }
  void on_codec(transport::ConnectionId id, forwarding::TrackKey key,
                media::CodecName codec) override {
    post([=](Conference& conference) { conference.on_codec(id, key, codec); });
  }
  void on_speaking(transport::ConnectionId id, forwarding::TrackKey key,
                   const forwarding::Speech& speech) override {
    post([=](Conference& conference) { conference.on_speaking(id, key, speech); });
  }

 private:
  template <typename Report>
  void post(Report report) {
    main_loop_.post([this, report] {
      if (conference_ != nullptr) report(*conference_);
    });
  }

  MainLoop& main_loop_;
  Conference* conference_ = nullptr;
};

}  // namespace parley::server
