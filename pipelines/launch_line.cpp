#include "pipelines/launch_line.hpp"

#include <algorithm>
#include <cctype>

namespace parley::pipelines {
namespace {

bool is_space(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}
bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

/// What stands in quotes, then the words without: most exact first.
std::vector<std::string_view> names_in(std::string_view message) {
  std::vector<std::string_view> names;
  for (std::size_t at = 0; (at = message.find('"', at)) != std::string_view::npos;) {
    const std::size_t end = message.find('"', at + 1);
    if (end == std::string_view::npos) break;
    names.push_back(message.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  for (const LaunchWord& word : launch_words(message)) names.push_back(word.text);
  return names;
}

/// "videotestsrc0" was made by "videotestsrc".
std::string_view without_number(std::string_view name) {
  while (!name.empty() && is_digit(name.back())) name.remove_suffix(1);
  return name;
}

bool is_about(const LaunchWord& word, std::string_view name) {
  if (name.empty()) return false;
  if (word.text == name) return true;
  const auto rest = word.text.starts_with(name) ? word.text.substr(name.size()) : "";
  return rest.starts_with('=') || rest.starts_with('.');
}

std::optional<std::size_t> column_of_syntax_error(std::string_view line) {
  const auto words = launch_words(line);
  std::string_view before = "!";
  for (const LaunchWord& word : words) {
    if (word.text == "!" && before == "!") return word.column;
    const auto quotes = std::count(word.text.begin(), word.text.end(), '"');
    if (quotes % 2 != 0) return word.column;
    before = word.text;
  }
  if (!words.empty() && before == "!") return words.back().column;
  const auto opened = std::count(line.begin(), line.end(), '(');
  if (opened != std::count(line.begin(), line.end(), ')')) return line.find_first_of("()") + 1;
  return std::nullopt;
}

}  // namespace

std::vector<LaunchWord> launch_words(std::string_view line) {
  std::vector<LaunchWord> words;
  std::size_t begin = 0;
  char quote = 0;
  const auto end_word = [&](std::size_t end) {
    if (end > begin) words.push_back({line.substr(begin, end - begin), begin + 1});
    begin = end + 1;
  };
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '\\')
      ++i;
    else if (quote != 0)
      quote = c == quote ? '\0' : quote;
    else if (c == '"' || c == '\'')
      quote = c;
    else if (is_space(c))
      end_word(i);
  }
  end_word(line.size());
  return words;
}

bool names_element(std::string_view word) {
  return !word.empty() && std::isalpha(static_cast<unsigned char>(word.front())) != 0 &&
         std::all_of(word.begin(), word.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
}

std::optional<std::size_t> column_of_error(std::string_view line, std::string_view message) {
  if (message.find("syntax error") != std::string_view::npos) return column_of_syntax_error(line);
  const auto words = launch_words(line);
  for (const std::string_view name : names_in(message))
    for (const std::string_view tried : {name, without_number(name)}) {
      const auto found = std::find_if(words.begin(), words.end(), [&](const LaunchWord& word) {
        return is_about(word, tried);
      });
      if (found != words.end()) return found->column;
    }
  return std::nullopt;
}

}  // namespace parley::pipelines
