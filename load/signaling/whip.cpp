// WHIP for who publishes, WHEP for who receives: one offer, one answer, over HTTP.
#include <utility>

#include "load/signaling/signaling.hpp"
#include "support/glib/main_loop.hpp"
#include "support/glib/ref.hpp"

namespace parley::load {
namespace {

constexpr unsigned kCreated = 201, kConflict = 409;
constexpr std::chrono::milliseconds kRetry{500};  // nobody publishes yet
constexpr const char* kSdp = "application/sdp";

using Text = Handle<GBytes, g_bytes_unref>;

class Whip final : public Signaling {
 public:
  Whip(const SignalingContext& context, const Membership& membership, SignalingHost& host)
      : context_(context),
        membership_(membership),
        host_(host),
        session_(Ref<SoupSession>::retain(context.session)),
        cancellable_(Ref<GCancellable>::adopt(g_cancellable_new())) {
    // Not from within the constructor: the host does not know of this yet.
    timer_ = Timer::once({}, [this] { begin(); });
  }
  ~Whip() override { g_cancellable_cancel(cancellable_.get()); }

  void leave() override {
    left_ = true;
    if (!location_.empty()) request("DELETE", location_);
  }

 private:
  void begin() {
    const auto peer = host_.open_peer(membership_.publishes());
    if (!peer) return fail(peer.error());
    peer_ = *peer;
    post();
  }

  void post() {
    const std::string path = (membership_.publishes() ? "/whip/" : "/whep/") + membership_.room;
    const Handle<char, g_free> name(g_uri_escape_string(membership_.name.c_str(), nullptr, TRUE));
    const std::string url = path + "?name=" + name.get();
    const auto message = make_message("POST", url);
    const std::string offer = peer_->offer();
    const Text body(g_bytes_new(offer.data(), offer.size()));
    soup_message_set_request_body_from_bytes(message.get(), kSdp, body.get());
    soup_session_send_and_read_async(
        session_.get(), message.get(), G_PRIORITY_DEFAULT, cancellable_.get(),
        [](GObject* session, GAsyncResult* result, gpointer self) {
          GError* problem = nullptr;
          const Text reply(
              soup_session_send_and_read_finish(SOUP_SESSION(session), result, &problem));
          const Handle<GError, g_error_free> owner(problem);
          if (problem != nullptr && g_error_matches(problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
            return;  // self has gone
          auto* whip = static_cast<Whip*>(self);
          if (problem != nullptr) return whip->fail({"connect_failed", problem->message});
          whip->on_reply(soup_session_get_async_result_message(SOUP_SESSION(session), result),
                         reply.get());
        },
        this);
  }

  void on_reply(SoupMessage* message, GBytes* body) {
    gsize size = 0;
    const auto* data = static_cast<const char*>(g_bytes_get_data(body, &size));
    const std::string text(data, size);
    const unsigned status = soup_message_get_status(message);
    if (status == kConflict && !membership_.publishes()) {
      timer_ = Timer::once(kRetry, [this] { post(); });
      return;
    }
    if (status != kCreated) return fail({"http_" + std::to_string(status), text.substr(0, 200)});
    const char* location =
        soup_message_headers_get_one(soup_message_get_response_headers(message), "Location");
    location_ = location == nullptr ? "" : location;
    if (left_) return leave();
    if (const Status accepted = peer_->accept(text); !accepted) return fail(accepted.error());
    host_.on_joined();
  }

  /// `target`: a path on the server, or a whole URL.
  [[nodiscard]] Ref<SoupMessage> make_message(const char* method, const std::string& target) const {
    const std::string url =
        target.starts_with('/') ? context_.endpoint.url("http", "") + target : target;
    auto message = Ref<SoupMessage>::adopt(soup_message_new(method, url.c_str()));
    if (!membership_.token.empty())
      soup_message_headers_replace(soup_message_get_request_headers(message.get()), "Authorization",
                                   ("Bearer " + membership_.token).c_str());
    if (context_.insecure)
      g_signal_connect(message.get(), "accept-certificate",
                       G_CALLBACK(+[](SoupMessage*, GTlsCertificate*, GTlsCertificateFlags,
                                      gpointer) -> gboolean { return TRUE; }),
                       nullptr);
    return message;
  }

  /// Nobody waits for the reply.
  void request(const char* method, const std::string& target) {
    soup_session_send_and_read_async(session_.get(), make_message(method, target).get(),
                                     G_PRIORITY_DEFAULT, nullptr, nullptr, nullptr);
  }

  void fail(const Error& error) {
    if (!std::exchange(left_, true)) host_.on_ended(error);
  }

  SignalingContext context_;
  Membership membership_;
  SignalingHost& host_;
  Ref<SoupSession> session_;
  Ref<GCancellable> cancellable_;
  Timer timer_;
  Peer* peer_ = nullptr;
  std::string location_;
  bool left_ = false;
};

}  // namespace

std::unique_ptr<Signaling> join_whip(const SignalingContext& context, const Membership& membership,
                                     SignalingHost& host) {
  return std::make_unique<Whip>(context, membership, host);
}

}  // namespace parley::load
