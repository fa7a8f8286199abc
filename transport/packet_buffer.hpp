// Memory that datagrams are received into, and that then goes down a pipeline without being copied.
#pragma once

#include <cstdint>
#include <span>

#include <gst/gst.h>

#include "support/glib/ref.hpp"

namespace parley::transport {

/// A GstBuffer mapped for writing, of which this is the only holder. Empty when default-made or
/// taken. Bound to one thread at a time.
class PacketBuffer {
 public:
  PacketBuffer() = default;
  explicit PacketBuffer(GstBuffer* buffer);  ///< takes it over
  PacketBuffer(PacketBuffer&& other) noexcept;
  PacketBuffer& operator=(PacketBuffer&& other) noexcept;
  ~PacketBuffer();

  explicit operator bool() const { return buffer_ != nullptr; }
  [[nodiscard]] std::span<std::uint8_t> bytes() const { return {map_.data, map_.size}; }
  /// The GstBuffer, cut to `part` of bytes(); the caller owns it.
  [[nodiscard]] GstBuffer* take(std::span<const std::uint8_t> part);

 private:
  GstBuffer* buffer_ = nullptr;
  GstMapInfo map_ = GST_MAP_INFO_INIT;
};

/// Recycles buffers when whoever they were pushed to lets them go. Outlived by its buffers.
class PacketPool {
 public:
  /// Larger than any packet of WebRTC; what does not fit is dropped.
  static constexpr std::size_t kRoom = 2048;

  /// `kept` are made at once, up to `most` are recycled.
  explicit PacketPool(unsigned kept = 256, unsigned most = 4096);
  ~PacketPool();
  PacketPool(const PacketPool&) = delete;
  PacketPool& operator=(const PacketPool&) = delete;

  /// Allocates only when more buffers are out than the pool keeps.
  [[nodiscard]] PacketBuffer get();

 private:
  Ref<GstBufferPool> pool_;
};

}  // namespace parley::transport
