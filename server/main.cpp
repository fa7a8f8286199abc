#include <iostream>

#include "server/app.hpp"
#include "server/config.hpp"

int main(int argc, char** argv) {
  using namespace parley::server;
  auto config = read_config(argc, argv);
  if (!config) {
    std::cerr << "parley: " << config.error().message << '\n';
    return 2;
  }
  if (const auto* text = std::get_if<ShowText>(&config.value())) {
    std::cout << text->text;
    return 0;
  }
  return run(std::get<Config>(config.value()));
}
