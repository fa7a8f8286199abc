#include "signaling/http/websocket.hpp"

#include <array>
#include <utility>

namespace parley::signaling::http {
namespace {

/// Read in one turn of the main loop: a fast sender waits for the others.
constexpr std::size_t kReadPerTurn = 64 * 1024;
/// Thrown away after a failure, so that the peer is done sending and reads our Close; TCP would
/// answer the rest with a reset, which takes the Close with it.
constexpr std::size_t kDrainLimit = 32 * 1024 * 1024;
/// What a queued message costs beside its content.
constexpr std::size_t kMessageOverhead = 64;
/// RFC 6455 section 5.5: a control frame's payload, less two bytes for the code.
constexpr std::size_t kMaxReason = 123;

WebSocket* self(void* data) {
  return static_cast<WebSocket*>(data);
}

bool is_goodbye(std::uint16_t code) {
  return code == close_code::kNormal || code == close_code::kGoingAway;
}

void stop(Handle<GSource, g_source_unref>& source) {
  if (source != nullptr) g_source_destroy(source.get());
  source.reset();
}

/// At most `size` bytes, ending where a UTF-8 character does.
std::string_view shorten(std::string_view text, std::size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

bool would_block(GError* raw) {
  const Handle<GError, g_error_free> error(raw);
  return g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

}  // namespace

const wslay_event_callbacks WebSocket::kCallbacks{
    .recv_callback = [](wslay_event_context_ptr, std::uint8_t* data, std::size_t size, int,
                        void* user) { return self(user)->read_some(data, size); },
    .send_callback = [](wslay_event_context_ptr, const std::uint8_t* data, std::size_t size, int,
                        void* user) { return self(user)->write_some(data, size); },
    .genmask_callback = nullptr,
    .on_frame_recv_start_callback = [](wslay_event_context_ptr,
                                       const wslay_event_on_frame_recv_start_arg* frame,
                                       void* user) { self(user)->on_frame(*frame); },
    .on_frame_recv_chunk_callback = nullptr,
    .on_frame_recv_end_callback = nullptr,
    .on_msg_recv_callback = [](wslay_event_context_ptr, const wslay_event_on_msg_recv_arg* message,
                               void* user) { self(user)->on_message(*message); }};

WebSocket::WebSocket(Ref<GIOStream> stream, const WebSocketLimits& limits, Handlers handlers)
    : stream_(std::move(stream)),
      input_(G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(stream_.get()))),
      output_(G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(stream_.get()))),
      limits_(limits),
      handlers_(std::move(handlers)),
      frames_(limits.frames_per_second, limits.frames_burst, now()),
      heard_(now()) {
  wslay_event_context_ptr context = nullptr;
  if (wslay_event_context_server_init(&context, &kCallbacks, this) != 0) g_error("out of memory");
  context_.reset(context);
  wslay_event_config_set_max_recv_msg_length(context, limits_.message);
  if (limits_.ping_interval.count() > 0)
    ping_timer_ = Timer::every(limits_.ping_interval, [this] { ping(); });
  if (limits_.silence.count() > 0)
    silence_timer_ = Timer::once(limits_.silence, [this] { check_silence(); });
  watch_input();
}

WebSocket::~WebSocket() {
  stop(input_source_);
  stop(output_source_);
  // In the background, for TLS says its own goodbye, and the peer may not be reading.
  g_io_stream_close_async(stream_.get(), G_PRIORITY_DEFAULT, nullptr, nullptr, nullptr);
}

void WebSocket::send(std::string_view text) {
  queue(WSLAY_TEXT_FRAME, text);
}

void WebSocket::send_binary(std::string_view data) {
  queue(WSLAY_BINARY_FRAME, data);
}

void WebSocket::queue(std::uint8_t opcode, std::string_view payload) {
  if (state_ != State::Open || close_code_ != 0) return;
  const wslay_event_msg message{opcode, reinterpret_cast<const std::uint8_t*>(payload.data()),
                                payload.size()};
  if (wslay_event_queue_msg(context_.get(), &message) != 0) return;
  flush();
}

void WebSocket::close(std::uint16_t code, std::string_view reason) {
  if (state_ != State::Open || close_code_ != 0) return;
  close_code_ = code;
  close_reason_ = shorten(reason, kMaxReason);
  close_timer_ = Timer::once(limits_.close_handshake, [this] {
    end(close_queued_ ? "no answer to our close" : "did not take what was left to say");
  });
  flush();
}

std::size_t WebSocket::unsent() const {
  return wslay_event_get_queued_msg_length(context_.get()) +
         wslay_event_get_queued_msg_count(context_.get()) * kMessageOverhead;
}

ssize_t WebSocket::read_some(std::uint8_t* data, std::size_t size) {
  const auto no_more = [this](int why) {
    wslay_event_set_error(context_.get(), why);
    return ssize_t{-1};
  };
  if (read_budget_ == 0) return no_more(WSLAY_ERR_WOULDBLOCK);
  GError* error = nullptr;
  const gssize count = g_pollable_input_stream_read_nonblocking(
      input_, data, std::min(size, read_budget_), nullptr, &error);
  if (count > 0) {
    read_budget_ -= static_cast<std::size_t>(count);
    heard_ = now();
    return count;
  }
  if (count < 0 && would_block(error)) return no_more(WSLAY_ERR_WOULDBLOCK);
  peer_ended_ = true;
  return no_more(WSLAY_ERR_CALLBACK_FAILURE);
}

ssize_t WebSocket::write_some(const std::uint8_t* data, std::size_t size) {
  GError* error = nullptr;
  const gssize count =
      g_pollable_output_stream_write_nonblocking(output_, data, size, nullptr, &error);
  if (count > 0) return count;
  const bool later = count == 0 || would_block(error);
  broken_ = broken_ || !later;
  wslay_event_set_error(context_.get(), later ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
  return -1;
}

void WebSocket::on_frame(const wslay_event_on_frame_recv_start_arg& frame) {
  if (!frames_.allow(now())) close(close_code::kPolicyViolation, "too many frames");
  if (wslay_is_ctrl_frame(frame.opcode)) return;
  fragments_ = frame.opcode == WSLAY_CONTINUATION_FRAME ? fragments_ + 1 : 1;
  if (fragments_ > limits_.fragments) close(close_code::kTooBig, "too many fragments");
}

void WebSocket::on_message(const wslay_event_on_msg_recv_arg& message) {
  if (state_ != State::Open || close_code_ != 0) return;
  const std::string_view payload(reinterpret_cast<const char*>(message.msg), message.msg_length);
  if (message.opcode == WSLAY_TEXT_FRAME) {
    handlers_.text(payload);
  } else if (message.opcode == WSLAY_BINARY_FRAME && handlers_.binary) {
    handlers_.binary(payload);
  } else if (message.opcode == WSLAY_BINARY_FRAME) {
    close(close_code::kUnsupportedData, "text messages only");
  }
}

void WebSocket::on_readable() {
  if (state_ == State::Draining) return drain();
  read_budget_ = kReadPerTurn;
  reading_ = true;
  wslay_event_recv(context_.get());
  reading_ = false;
  flush();
}

void WebSocket::flush() {
  if (reading_ || state_ == State::Ended) return;
  queue_close_when_drained();
  if (wslay_event_send(context_.get()) != 0) broken_ = true;
  queue_close_when_drained();
  if (close_queued_ && wslay_event_send(context_.get()) != 0) broken_ = true;
  after_io();
}

/// A Close overtakes messages in wslay's queues and takes their place, so ours waits for them.
void WebSocket::queue_close_when_drained() {
  if (close_code_ == 0 || close_queued_ || wslay_event_get_queued_msg_count(context_.get()) != 0)
    return;
  close_queued_ = true;
  state_ = State::Closing;
  wslay_event_queue_close(context_.get(), close_code_,
                          reinterpret_cast<const std::uint8_t*>(close_reason_.data()),
                          close_reason_.size());
}

void WebSocket::after_io() {
  if (broken_) return end("connection broken");
  if (peer_ended_) return end("connection closed by the peer");
  if (unsent() > limits_.unsent) return end("too slow: too much unsent");
  if (!wslay_event_get_read_enabled(context_.get())) stop_reading();
  if (wslay_event_want_write(context_.get())) {
    watch_output();
  } else if (wslay_event_get_close_sent(context_.get()) &&
             wslay_event_get_close_received(context_.get())) {
    end("closed");
  }
}

/// wslay reads no more: it saw the peer's Close, or a breach of the protocol that it answers with a
/// Close of its own.
void WebSocket::stop_reading() {
  if (!close_timer_.running())
    close_timer_ = Timer::once(limits_.close_handshake, [this] { end("took too long to close"); });
  if (wslay_event_get_close_received(context_.get())) {
    stop(input_source_);
  } else if (state_ != State::Draining) {
    state_ = State::Draining;
    drain_budget_ = kDrainLimit;
  }
}

void WebSocket::drain() {
  std::array<char, 16 * 1024> junk;
  for (std::size_t turn = kReadPerTurn; turn > 0;) {
    GError* error = nullptr;
    const gssize count = g_pollable_input_stream_read_nonblocking(
        input_, junk.data(), std::min(junk.size(), turn), nullptr, &error);
    if (count < 0 && would_block(error)) return;
    if (count <= 0 || static_cast<std::size_t>(count) > drain_budget_)
      return end("breach of protocol");
    turn -= static_cast<std::size_t>(count);
    drain_budget_ -= static_cast<std::size_t>(count);
  }
}

void WebSocket::ping() {
  const wslay_event_msg message{WSLAY_PING, nullptr, 0};
  if (state_ == State::Open && wslay_event_queue_msg(context_.get(), &message) == 0) flush();
}

void WebSocket::check_silence() {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(heard_ + limits_.silence - now());
  if (left.count() <= 0) return end("silent for too long");
  silence_timer_ = Timer::once(left, [this] { check_silence(); });
}

void WebSocket::end(std::string why) {
  if (state_ == State::Ended) return;
  state_ = State::Ended;
  stop(input_source_);
  stop(output_source_);
  ping_timer_.stop();
  silence_timer_.stop();
  close_timer_.stop();
  Ended ended{.code = close_code::kAbnormal, .goodbye = false, .why = std::move(why)};
  if (wslay_event_get_close_received(context_.get()))
    ended.code = wslay_event_get_status_code_received(context_.get());
  ended.goodbye = close_code_ == 0
                      ? is_goodbye(ended.code)
                      : is_goodbye(close_code_) && wslay_event_get_close_sent(context_.get());
  ended_timer_ = Timer::once(std::chrono::milliseconds(0), [this, ended] {
    // A copy, for it may destroy this.
    const auto handler = handlers_.ended;
    handler(ended);
  });
}

void WebSocket::watch_input() {
  input_source_.reset(g_pollable_input_stream_create_source(input_, nullptr));
  const GPollableSourceFunc ready = [](GObject*, gpointer data) -> gboolean {
    self(data)->on_readable();
    return G_SOURCE_CONTINUE;
  };
  g_source_set_callback(input_source_.get(), G_SOURCE_FUNC(ready), this, nullptr);
  g_source_attach(input_source_.get(), nullptr);
}

void WebSocket::watch_output() {
  if (output_source_ != nullptr) return;
  output_source_.reset(g_pollable_output_stream_create_source(output_, nullptr));
  const GPollableSourceFunc ready = [](GObject*, gpointer data) -> gboolean {
    stop(self(data)->output_source_);
    self(data)->flush();
    return G_SOURCE_REMOVE;
  };
  g_source_set_callback(output_source_.get(), G_SOURCE_FUNC(ready), this, nullptr);
  g_source_attach(output_source_.get(), nullptr);
}

}  // namespace parley::signaling::http
