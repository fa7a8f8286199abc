#include "load/run/campaign.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <netdb.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "load/media/file_source.hpp"
#include "support/ids.hpp"

namespace parley::load {
namespace {

constexpr std::chrono::milliseconds kTick{10};
constexpr Duration kSoon = std::chrono::milliseconds(20);
constexpr Duration kGoodbye = std::chrono::milliseconds(300);

/// What still arrives after the last packet counted was sent.
Duration drain_time(const Options& options) {
  const NetworkBehaviour& network = options.network;
  return std::chrono::milliseconds(400) + network.in.delay + network.out.delay + network.in.jitter +
         network.out.jitter;
}

Duration own_cpu() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec);
}

/// Each client takes two descriptors.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// A host of a URL as an address. Nothing where its name is not known.
std::optional<transport::Ip> resolve(const std::string& host) {
  if (const auto ip = transport::parse_ip(host)) return ip;
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_DGRAM;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return std::nullopt;
  sockaddr_storage name{};
  std::copy_n(reinterpret_cast<const char*>(found->ai_addr), found->ai_addrlen,
              reinterpret_cast<char*>(&name));
  freeaddrinfo(found);
  return transport::from_sockaddr(name).ip;
}

std::unique_ptr<Source> make_synthetic(const Options& options, media::Kind kind, std::size_t layer,
                                       std::size_t layers, Time start) {
  if (kind == media::Kind::Audio)
    return std::make_unique<SyntheticAudio>(options.audio_shape, start);
  VideoShape shape = options.video_shape;
  for (std::size_t above = layer + 1; above < layers; ++above)
    shape.packets_per_frame = std::max(shape.packets_per_frame / 4, 1U);
  return std::make_unique<SyntheticVideo>(shape, start);
}

}  // namespace

Result<std::unique_ptr<Campaign>> Campaign::prepare(const Options& options, MainLoop& main) {
  std::unique_ptr<Campaign> campaign(new Campaign(options, main));
  if (const Status status = campaign->set_up(); !status) return status.error();
  return campaign;
}

Campaign::Campaign(const Options& options, MainLoop& main) : options_(options), main_(main) {}

Campaign::~Campaign() {
  clients_.clear();  // before the threads that their connections are on
}

Status Campaign::set_up() {
  raise_descriptor_limit();
  auto identity = DtlsIdentity::make();
  if (!identity) return identity.error();
  if (options_.pid)
    if (const auto sample = sample_process(*options_.pid); !sample) return sample.error();
  make_source_ = [this](media::Kind kind, std::size_t layer, std::size_t layers, Time start) {
    const auto& file = kind == media::Kind::Audio ? options_.audio_file : options_.video_file;
    if (file) return std::unique_ptr<Source>(std::make_unique<FileSource>(file, start));
    return make_synthetic(options_, kind, layer, layers, start);
  };
  const MediaLoop::Environment environment{window_,      options_.media, options_.network,
                                           make_source_, *identity,      *this};
  for (unsigned i = 0; i < options_.threads; ++i) {
    auto loop = MediaLoop::start(i, environment);
    if (!loop) return loop.error();
    loops_.push_back(std::move(*loop));
  }
  // libsoup would open two connections to a host at a time.
  constexpr int kConnections = 1000;
  session_ = Ref<SoupSession>::adopt(soup_session_new_with_options(
      "max-conns", kConnections, "max-conns-per-host", kConnections, nullptr));
  context_ = std::make_unique<ClientContext>(
      ClientContext{options_,
                    {session_.get(), options_.endpoint, options_.insecure},
                    loops_,
                    *identity,
                    resolve(options_.endpoint.host)});
  add_clients();
  return Nothing{};
}

/// Publishers first; room by room in turn, so that no room fills before the others.
void Campaign::add_clients() {
  const std::string base = options_.room.empty() ? "load-" + random_token(6) : options_.room;
  const auto room_name = [&](std::size_t room) {
    return options_.rooms == 1 ? base : base + "-" + std::to_string(room + 1);
  };
  const auto add = [&](std::size_t room, std::size_t publisher, bool publishes) {
    Client::Role role;
    role.place = {room, clients_.size(), publisher, options_.publishers};
    role.room = room_name(room);
    role.publishes = publishes;
    role.receives = !publishes || options_.all_to_all;
    clients_.push_back(std::make_unique<Client>(role, *context_));
  };
  for (std::size_t i = 0; i < options_.publishers; ++i)
    for (std::size_t room = 0; room < options_.rooms; ++room) add(room, i, true);
  publishers_ = clients_.size();
  for (std::size_t i = 0; i < options_.subscribers; ++i)
    for (std::size_t room = 0; room < options_.rooms; ++room) add(room, 0, false);
  counted_.resize(clients_.size());
  failed_.resize(clients_.size());
  timed_.resize(clients_.size());
}

void Campaign::start() {
  if (options_.subscribers == 0) before_ = sample();
  enter(Phase::Publishers);
  timer_ = Timer::every(kTick, [this] { tick(); });
}

void Campaign::interrupt() {
  report_.interrupted = true;
  if (phase_ == Phase::Measuring)
    end_measuring();
  else if (phase_ < Phase::Measuring)
    enter(Phase::Leaving);
}

// --- what connections tell ----------------------------------------------------------------------

void Campaign::on_secure(ConnectionId id, Time) {
  main_.post([this, id] {
    if (Client* client = find(id)) client->on_secure();
  });
}

void Campaign::on_first_media(ConnectionId id, Time at) {
  main_.post([this, id, at] {
    if (Client* client = find(id)) client->on_first_media(at);
  });
}

void Campaign::on_lost(ConnectionId id, const Error& error) {
  main_.post([this, id, error] {
    if (Client* client = find(id)) client->on_lost(error);
  });
}

Client* Campaign::find(ConnectionId id) {
  const auto found =
      std::ranges::find_if(clients_, [&](const auto& client) { return client->owns(id); });
  return found == clients_.end() ? nullptr : found->get();
}

// --- phases -------------------------------------------------------------------------------------

void Campaign::enter(Phase phase) {
  phase_ = phase;
  phase_since_ = now();
  switch (phase) {
    case Phase::Publishers:
    case Phase::Subscribers:
      first_asked_ = phase_since_;
      break;
    case Phase::Measuring:
      begin_measuring();
      break;
    case Phase::Leaving:
      for (const auto& client : clients_) client->leave();
      break;
    case Phase::Over:
      timer_.stop();
      main_.quit();
      break;
    case Phase::WarmUp:
    case Phase::Draining:
      break;
  }
}

void Campaign::tick() {
  const Time time = now();
  const Duration passed = time - phase_since_;
  if (phase_ < Phase::Draining) check_all_gone();
  switch (phase_) {
    case Phase::Publishers:
    case Phase::Subscribers:
      join_some();
      check_ramp();
      break;
    case Phase::WarmUp:
      if (passed >= options_.warmup) enter(Phase::Measuring);
      break;
    case Phase::Measuring:
      churn_some();
      if (time >= window_.end()) end_measuring();
      break;
    case Phase::Draining:
      if (passed < drain_time(options_)) break;
      collect();
      enter(Phase::Leaving);
      break;
    case Phase::Leaving:
      if (passed >= kGoodbye) enter(Phase::Over);
      break;
    case Phase::Over:
      return;
  }
  last_tick_ = time;
  show_progress();
}

void Campaign::join_some() {
  const bool publishing = phase_ == Phase::Publishers;
  const std::size_t from = publishing ? 0 : publishers_;
  const std::size_t to = publishing ? publishers_ : clients_.size();
  const double passed = static_cast<double>((now() - first_asked_).count()) * 1e-9;
  while (asked_ < to) {
    const auto position = static_cast<double>(asked_ - from);
    if (options_.join_rate > 0 && position > passed * options_.join_rate) return;
    Client& client = *clients_[asked_++];
    timed_[client.role().place.client] = hears_at_once(client);
    client.join();
  }
}

bool Campaign::expects_media(const Client& client) const {
  if (!client.role().receives) return false;
  return options_.publishers > (client.role().publishes ? 1U : 0U);
}

/// Whether somebody of its room sends already, so that the time until it hears them is its own.
bool Campaign::hears_at_once(const Client& client) const {
  return client.role().receives && std::ranges::any_of(clients_, [&](const auto& other) {
           return other->role().publishes && other->role().place.room == client.role().place.room &&
                  other->state() == Client::State::Connected;
         });
}

bool Campaign::is_settled(const Client& client) const {
  using State = Client::State;
  if (client.state() == State::Ended) return true;
  // The first publisher of a room hears the others only once these are there.
  const bool media = expects_media(client) && phase_ != Phase::Publishers;
  return media ? client.has_media() : client.state() == State::Connected;
}

void Campaign::check_ramp() {
  const bool publishing = phase_ == Phase::Publishers;
  const std::size_t to = publishing ? publishers_ : clients_.size();
  bool settled = asked_ == to;
  for (std::size_t i = 0; i < asked_; ++i) {
    Client& client = *clients_[i];
    if (is_settled(client)) continue;
    if (now() - client.joined_at() < options_.join_timeout) {
      settled = false;
    } else {
      const bool connected = client.state() == Client::State::Connected;
      client.on_lost({connected ? "no_media" : "join_timeout",
                      fmt::format("{} in {:.0f} s", connected ? "no media came" : "not connected",
                                  static_cast<double>(options_.join_timeout.count()) * 1e-9)});
    }
  }
  if (!settled) return;
  if (publishing && options_.subscribers != 0) before_ = sample();
  enter(publishing ? Phase::Subscribers : Phase::WarmUp);
}

/// Notes who failed, and gives up when nobody is left.
void Campaign::check_all_gone() {
  std::size_t left = 0;
  for (std::size_t i = 0; i < asked_; ++i) {
    const Client& client = *clients_[i];
    if (client.state() == Client::State::Connected) counted_[i] = true;
    if (client.state() != Client::State::Ended)
      ++left;
    else if (!failed_[i])
      note_failure(client, *client.error());
  }
  if (asked_ == 0 || left != 0) return;
  if (phase_ == Phase::Measuring)
    end_measuring();
  else
    enter(Phase::Leaving);
}

void Campaign::note_failure(const Client& client, const Error& error) {
  failed_[client.role().place.client] = true;
  ++report_.failed;
  ++report_.errors[error.code + ": " + error.message];
}

void Campaign::churn_some() {
  const std::size_t subscribers = clients_.size() - publishers_;
  if (options_.churn <= 0 || subscribers == 0) return;
  churned_due_ += options_.churn * static_cast<double>((now() - last_tick_).count()) * 1e-9;
  for (std::size_t tries = 0; churned_due_ >= 1 && tries < subscribers; ++tries) {
    Client& client = *clients_[publishers_ + next_churn_++ % subscribers];
    if (client.state() != Client::State::Connected || !client.has_media()) continue;
    if (const auto time = client.join_time()) report_.joins.push_back(*time);
    client.leave();
    client.join();
    ++report_.churned;
    churned_due_ -= 1;
  }
}

// --- measuring ----------------------------------------------------------------------------------

void Campaign::begin_measuring() {
  measured_since_ = now() + kSoon;
  window_.open(measured_since_, measured_since_ + options_.duration);
  begin_ = sample();
  own_cpu_before_ = own_cpu();
}

void Campaign::end_measuring() {
  const Time end = std::min(now(), window_.end());
  window_.open(measured_since_, end);
  report_.measured = std::max(end - measured_since_, Duration(0));
  report_.own_cpu = own_cpu() - own_cpu_before_;
  if (const auto last = sample(); last && begin_ && before_)
    report_.server =
        ServerSamples{*before_, *begin_, *last,
                      options_.subscribers != 0 ? clients_.size() - publishers_ : clients_.size()};
  enter(Phase::Draining);
}

void Campaign::collect() {
  std::vector<SentStream> sent;
  std::vector<Reception> receptions;
  for (const auto& loop : loops_) {
    Harvest harvest = loop->harvest();
    report_.totals.merge(harvest.totals);
    std::ranges::move(harvest.sent, std::back_inserter(sent));
    std::ranges::move(harvest.receptions, std::back_inserter(receptions));
  }
  const bool chosen = std::ranges::any_of(sent, &SentStream::layer);
  report_.delivery = chosen || !options_.network.decrypt_all || !options_.marked()
                         ? deliver_by_sequence(receptions)
                         : deliver(sent, receptions, window_.begin(), window_.end());
  for (const auto& client : clients_)
    if (const auto time = client->join_time(); time && timed_[client->role().place.client])
      report_.joins.push_back(*time);
  report_.joined = static_cast<std::size_t>(std::ranges::count(counted_, true));
}

std::optional<ProcessSample> Campaign::sample() const {
  if (!options_.pid) return std::nullopt;
  const auto sample = sample_process(*options_.pid);
  return sample ? std::optional(*sample) : std::nullopt;
}

void Campaign::show_progress() {
  if (isatty(STDERR_FILENO) == 0 || now() < next_progress_) return;
  constexpr const char* kNames[] = {
      "publishers join", "subscribers join", "warming up", "measuring", "draining", "leaving", ""};
  std::uint64_t received = 0;
  for (const auto& loop : loops_) received += loop->received();
  const auto connected = std::ranges::count_if(
      clients_, [](const auto& client) { return client->state() == Client::State::Connected; });
  fmt::print(stderr, "\r\033[K{}: {} of {} connected, {} failed, {} packets/s",
             kNames[static_cast<std::size_t>(phase_)], connected, clients_.size(), report_.failed,
             received - received_before_);
  if (phase_ == Phase::Leaving) fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
  received_before_ = received;
  next_progress_ = now() + std::chrono::seconds(1);
}

}  // namespace parley::load
