// A publisher's stream from a file, over and over.
#pragma once

#include <array>
#include <memory>

#include "load/media/file_media.hpp"
#include "load/media/source.hpp"

namespace parley::load {

/// Frame by frame at the file's own pace; its timestamps go on when it starts again. A keyframe
/// request skips what is left until the file's next keyframe.
class FileSource final : public Source {
 public:
  FileSource(std::shared_ptr<const FileMedia> media, Time start);

  [[nodiscard]] Time due() const override { return due_; }
  void produce(Time now, PayloadSink& sink) override;
  void request_keyframe() override { keyframe_wanted_ = true; }

 private:
  void skip_to_keyframe();
  [[nodiscard]] std::size_t following(std::size_t packet) const;

  std::shared_ptr<const FileMedia> media_;
  Time due_;
  std::size_t next_ = 0;          ///< the next packet
  std::uint32_t timestamp_ = 0;   ///< of the next frame, as it is sent
  bool keyframe_wanted_ = false;  ///< the first packet starts one
  std::array<std::uint8_t, 2048> payload_{};
};

}  // namespace parley::load
