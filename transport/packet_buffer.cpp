#include "transport/packet_buffer.hpp"

#include <cstdlib>
#include <utility>

namespace parley::transport {

PacketBuffer::PacketBuffer(GstBuffer* buffer) : buffer_(buffer) {
  if (!gst_buffer_map(buffer, &map_, GST_MAP_WRITE)) std::abort();  // system memory always maps
}

PacketBuffer::PacketBuffer(PacketBuffer&& other) noexcept
    : buffer_(std::exchange(other.buffer_, nullptr)), map_(other.map_) {}

PacketBuffer& PacketBuffer::operator=(PacketBuffer&& other) noexcept {
  std::swap(buffer_, other.buffer_);
  std::swap(map_, other.map_);
  return *this;
}

PacketBuffer::~PacketBuffer() {
  if (buffer_ == nullptr) return;
  gst_buffer_unmap(buffer_, &map_);
  gst_buffer_unref(buffer_);
}

GstBuffer* PacketBuffer::take(std::span<const std::uint8_t> part) {
  const auto offset = part.data() - map_.data;
  gst_buffer_unmap(buffer_, &map_);
  gst_buffer_resize(buffer_, offset, static_cast<gssize>(part.size()));
  return std::exchange(buffer_, nullptr);
}

PacketPool::PacketPool(unsigned kept, unsigned most)
    : pool_(Ref<GstBufferPool>::adopt(gst_buffer_pool_new())) {
  GstStructure* config = gst_buffer_pool_get_config(pool_.get());
  gst_buffer_pool_config_set_params(config, nullptr, kRoom, kept, most);
  if (!gst_buffer_pool_set_config(pool_.get(), config) ||
      !gst_buffer_pool_set_active(pool_.get(), TRUE))
    std::abort();  // out of memory
}

PacketPool::~PacketPool() {
  gst_buffer_pool_set_active(pool_.get(), FALSE);
}

PacketBuffer PacketPool::get() {
  GstBufferPoolAcquireParams params{};
  params.flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT;
  GstBuffer* buffer = nullptr;
  if (gst_buffer_pool_acquire_buffer(pool_.get(), &buffer, &params) != GST_FLOW_OK)
    buffer = gst_buffer_new_allocate(nullptr, kRoom, nullptr);
  return PacketBuffer(buffer);
}

}  // namespace parley::transport
