// New rooms' ids that people can read out to each other.
#pragma once

#include "support/ids.hpp"

namespace parley::signaling::http {

/// A fresh pronounceable id such as "tavori-kulemi-sado": eight syllables, 50 bits of the kernel's
/// randomness, so that a room cannot be found by guessing. Thread-safe.
RoomId random_room_id();

}  // namespace parley::signaling::http
