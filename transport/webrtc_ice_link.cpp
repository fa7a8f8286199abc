#include "transport/webrtc_ice_link.hpp"

#include <utility>

#include "transport/shard_loop.hpp"
#include "transport/webrtc_ice_transport.hpp"

namespace parley::transport {

IceLink::IceLink(ConnectionId id, std::vector<std::string> candidates, const UdpSocket& socket,
                 Mailbox& mailbox)
    : id_(id), candidates_(std::move(candidates)), socket_(&socket), mailbox_(&mailbox) {
  g_weak_ref_init(&transport_, nullptr);
}

IceLink::~IceLink() {
  g_weak_ref_clear(&transport_);
}

void IceLink::set_local(std::string ufrag, std::string password) {
  const std::lock_guard lock(mutex_);
  if (mailbox_ == nullptr) return;
  mailbox_->post([id = id_, ufrag = std::move(ufrag), password = std::move(password)](
                     ShardLoop& shard) { shard.set_credentials(id, ufrag, password); });
}

void IceLink::attach(GObject* transport, Ref<GstPad> records) {
  const std::lock_guard lock(mutex_);
  if (mailbox_ == nullptr) return;
  g_weak_ref_set(&transport_, transport);
  mailbox_->post([id = id_, records = std::move(records)](ShardLoop& shard) {
    shard.set_records(id, records);
  });
}

void IceLink::send(std::span<const std::uint8_t> record) {
  const std::lock_guard lock(mutex_);
  if (socket_ != nullptr && path_) socket_->send_one(*path_, record);
}

void IceLink::set_path(const std::optional<Path>& path) {
  const std::lock_guard lock(mutex_);
  path_ = path;
}

void IceLink::report(IceState state) {
  const std::lock_guard reporting(report_mutex_);
  {
    const std::lock_guard lock(mutex_);
    if (mailbox_ == nullptr) return;
  }
  const auto transport = Ref<GObject>::adopt(static_cast<GObject*>(g_weak_ref_get(&transport_)));
  if (transport) report_ice_state(transport.get(), state);
}

void IceLink::close() {
  const std::lock_guard reporting(report_mutex_);
  const std::lock_guard lock(mutex_);
  socket_ = nullptr;
  mailbox_ = nullptr;
  path_.reset();
}

}  // namespace parley::transport
