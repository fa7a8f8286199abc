#include "signaling/http/room_names.hpp"

#include <string>
#include <string_view>

namespace parley::signaling::http {

RoomId random_room_id() {
  static constexpr std::string_view kConsonants = "bdfghjklmnprstvz";
  static constexpr std::string_view kVowels = "aeiou";
  constexpr std::size_t kSyllables = 8;
  constexpr std::size_t kSyllablesInWord = 3;

  // random_token() draws evenly from 62 characters. Two of them make a number below 3844, of which
  // 3840 = 48 * 80 are used, so that no syllable is likelier than another.
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::size_t kChoices = kConsonants.size() * kVowels.size();

  std::string id;
  for (std::size_t syllable = 0; syllable < kSyllables;) {
    const std::string pair = random_token(2);
    const std::size_t number = kAlphabet.find(pair[0]) * kAlphabet.size() + kAlphabet.find(pair[1]);
    if (number >= kAlphabet.size() * kAlphabet.size() / kChoices * kChoices) continue;
    if (syllable != 0 && syllable % kSyllablesInWord == 0) id += '-';
    id += kConsonants[number % kConsonants.size()];
    id += kVowels[number / kConsonants.size() % kVowels.size()];
    ++syllable;
  }
  return RoomId(std::move(id));
}

}  // namespace parley::signaling::http
