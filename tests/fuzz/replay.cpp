// Runs a fuzz target without libFuzzer, for every test run: its seeds, and so many random changes
// of them. Usage: NAME_fuzz_replay COUNT FOLDER…
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;
constexpr std::size_t kMaxInput = 4096;

std::vector<Input> read_seeds(int count, char** folders) {
  std::vector<Input> seeds{{}};
  for (int i = 0; i < count; ++i)
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folders[i])) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  return seeds;
}

// The same every time: what fails once fails again.
class Mutator {
 public:
  explicit Mutator(const std::vector<Input>& seeds) : seeds_(seeds) {}

  Input next() {
    Input input = any_seed();
    for (std::size_t changes = 1 + below(8); changes > 0; --changes) change(input);
    if (input.size() > kMaxInput) input.resize(kMaxInput);
    return input;
  }

 private:
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }
  const Input& any_seed() { return seeds_[below(seeds_.size())]; }
  std::uint8_t any_byte() { return static_cast<std::uint8_t>(random_()); }

  void change(Input& input) {
    const std::size_t at = below(input.size() + 1);
    const auto place = input.begin() + static_cast<std::ptrdiff_t>(at);
    switch (below(6)) {
      case 0:  // one bit
        if (at < input.size()) input[at] = static_cast<std::uint8_t>(input[at] ^ 1U << below(8));
        return;
      case 1:
        if (at < input.size()) input[at] = any_byte();
        return;
      case 2:
        input.insert(place, any_byte());
        return;
      case 3:  // a part is missing
        input.erase(place, place + static_cast<std::ptrdiff_t>(below(input.size() - at + 1)));
        return;
      case 4:  // cut off
        input.resize(at);
        return;
      default: {  // goes on as another one
        const Input& other = any_seed();
        const auto from = static_cast<std::ptrdiff_t>(below(other.size() + 1));
        input.resize(at);
        input.insert(input.end(), other.begin() + from, other.end());
      }
    }
  }

  const std::vector<Input>& seeds_;
  std::mt19937 random_{1};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const std::vector<Input> seeds = read_seeds(argc - 2, argv + 2);
  for (const Input& seed : seeds) LLVMFuzzerTestOneInput(seed.data(), seed.size());
  Mutator mutator(seeds);
  for (long rest = std::atol(argv[1]); rest > 0; --rest) {
    const Input input = mutator.next();
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  std::printf("%zu seeds, %s changes of them\n", seeds.size() - 1, argv[1]);
  return 0;
}
