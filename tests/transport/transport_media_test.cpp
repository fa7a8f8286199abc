// RTP from a publisher to subscribers, through shards, pads and SRTP.
#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "forwarding/bytes.hpp"
#include "forwarding/send_stream.hpp"
#include "tests/transport/support/allocations.hpp"
#include "tests/transport/support/transport_fixture.hpp"

namespace parley::transport::testing {
namespace {

using namespace std::chrono_literals;
using forwarding::TrackKey;

constexpr std::uint32_t kPublishedSsrc = 0x1111;
constexpr std::uint8_t kPayloadType = 111;

std::vector<media::Codec> codecs_of(media::Kind kind) {
  const bool audio = kind == media::Kind::Audio;
  media::Codec codec;
  codec.name = audio ? media::CodecName::Opus : media::CodecName::Vp8;
  codec.payload_type = kPayloadType;
  codec.clock_rate = audio ? 48000 : 90000;
  if (audio) codec.channels = 2;
  return {codec};
}

/// A publisher of one track whose packets go source pad → sink pad → fan-out, as in a
/// pipeline.
class TransportMedia : public TransportTest {
 protected:
  explicit TransportMedia(unsigned threads = 1) : TransportTest(threads) {}

  ~TransportMedia() override { transport.reset(); }

  struct Published {
    Member member;
    TestPeer client;
    media::Kind kind;
    std::shared_ptr<forwarding::FanOut> fan_out;
    std::unique_ptr<PadPair> pads;
    std::atomic<unsigned> buffers = 0;
    std::atomic<GstClockTime> last_pts = GST_CLOCK_TIME_NONE;
    std::atomic<GstFlowReturn> flow = GST_FLOW_OK;
    std::uint16_t sequence = 1000;
  };
  static constexpr TrackKey kTrack = 7;

  std::unique_ptr<Published> publish(unsigned shard = 0, media::Kind kind = media::Kind::Audio) {
    auto publisher = std::unique_ptr<Published>(new Published{join(shard), peer(), kind, {}, {}});
    Published* p = publisher.get();
    p->pads = std::make_unique<PadPair>([p](GstBuffer* buffer) {
      GstMapInfo map;
      gst_buffer_map(buffer, &map, GST_MAP_READ);
      p->fan_out->forward({map.data, map.size}, now());
      gst_buffer_unmap(buffer, &map);
      p->last_pts = GST_BUFFER_PTS(buffer);
      ++p->buffers;
      return p->flow.load();
    });
    on_shard(shard, [&](Shard& self) {
      forwarding::Peer* own = self.find(p->member.id);
      p->fan_out = own->add_track(kTrack, kind).fan_out();
      media::Receive receive;
      receive.mid = "0";
      receive.kind = kind;
      receive.codecs = codecs_of(kind);
      receive.ssrcs = {kPublishedSsrc};
      own->set_receive(receive, kTrack);
      self.set_output(p->member.id, kTrack, p->pads->source());
    });
    EXPECT_TRUE(p->client.connect(p->member.credentials));
    key(p->member, p->client);
    EXPECT_TRUE(eventually([&] { return listener.media_ready(p->member.id) == 1; }));
    return publisher;
  }

  struct Subscribed {
    Member member;
    TestPeer client;
  };
  Subscribed subscribe(const Published& publisher, std::string_view ip = "127.0.0.1") {
    Subscribed s{join(publisher.member.shard), peer(ip)};
    on_shard(publisher.member.shard, [&](Shard& self) {
      media::Send send;
      send.mid = "1";
      send.kind = publisher.kind;
      send.codecs = codecs_of(publisher.kind);
      send.ssrc = 0x2000 + static_cast<std::uint32_t>(s.member.id);
      send.cname = "cname";
      self.find(s.member.id)
          ->set_send(send)
          .attach(*self.find(publisher.member.id)->find_track(kTrack), now());
    });
    EXPECT_TRUE(s.client.connect(s.member.credentials));
    key(s.member, s.client);
    EXPECT_TRUE(eventually([&] { return listener.media_ready(s.member.id) == 1; }));
    return s;
  }

  static void send_packet(Published& p, std::uint8_t fill = 0x55) {
    const std::uint16_t sequence = ++p.sequence;
    p.client.send_rtp(make_rtp(kPublishedSsrc, kPayloadType, sequence, sequence * 960u, 100, fill));
  }
  /// Sends until one packet has come through; the first may precede the subscriber's keys.
  static std::optional<Bytes> send_until_received(Published& p, TestPeer& subscriber) {
    for (int i = 0; i < 100; ++i) {
      send_packet(p);
      if (auto packet = subscriber.receive_rtp(50ms)) return packet;
    }
    return std::nullopt;
  }
};

TEST_F(TransportMedia, PacketsReachSubscribersOverBothFamilies) {
  auto publisher = publish();
  auto one = subscribe(*publisher), two = subscribe(*publisher, "::1");
  for (Subscribed* s : {&one, &two}) {
    const auto packet = send_until_received(*publisher, s->client);
    ASSERT_TRUE(packet);
    EXPECT_EQ(forwarding::read_u32(*packet, 8), 0x2000 + s->member.id);
    EXPECT_EQ(Bytes(packet->end() - 100, packet->end()), Bytes(100, 0x55));
  }
  EXPECT_TRUE(eventually([&] { return listener.codecs(publisher->member.id) == 1; }));
}

TEST_F(TransportMedia, BuffersCarryTheRunningTimeOfTheirArrival) {
  auto publisher = publish();
  const GstClockTime before = gst_util_get_timestamp() - base_time;
  send_packet(*publisher);
  ASSERT_TRUE(eventually([&] { return publisher->buffers == 1; }));
  EXPECT_GE(publisher->last_pts, before);
  EXPECT_LE(publisher->last_pts, gst_util_get_timestamp() - base_time);
}

TEST_F(TransportMedia, ALongStreamComesThroughInOrder) {
  auto publisher = publish();
  auto subscriber = subscribe(*publisher);
  ASSERT_TRUE(send_until_received(*publisher, subscriber.client));
  while (subscriber.client.receive_rtp(20ms)) {
  }
  std::optional<std::uint16_t> last;
  for (int round = 0; round < 100; ++round) {
    for (std::uint8_t i = 0; i < 20; ++i) send_packet(*publisher, i);
    for (std::uint8_t i = 0; i < 20; ++i) {
      const auto packet = subscriber.client.receive_rtp(2s);
      ASSERT_TRUE(packet) << round << " " << int{i};
      EXPECT_EQ(packet->back(), i);
      const std::uint16_t sequence = forwarding::read_u16(*packet, 2);
      EXPECT_EQ(sequence, static_cast<std::uint16_t>(last.value_or(sequence - 1) + 1));
      last = sequence;
    }
  }
}

class TransportHotPath : public TransportMedia,
                         public ::testing::WithParamInterface<media::Kind> {};

/// Keyframes' first bytes in VP8 (RFC 7741): S of the descriptor, P of the frame's header not set.
constexpr std::uint8_t kKeyframe = 0x10;

TEST_P(TransportHotPath, AllocatesNothing) {
  if (!counts_allocations()) GTEST_SKIP() << "a sanitizer's allocator is not counted";
  auto publisher = publish(0, GetParam());
  std::vector<Subscribed> subscribers;
  for (int i = 0; i < 5; ++i) subscribers.push_back(subscribe(*publisher));
  for (Subscribed& s : subscribers) {
    ASSERT_TRUE(eventually([&] {
      send_packet(*publisher, kKeyframe);
      return s.client.receive_rtp(50ms).has_value();
    }));
  }
  // The first of our own RTCP has SRTP remember one more source.
  ++publisher->sequence;
  send_packet(*publisher, kKeyframe);
  std::this_thread::sleep_for(50ms);
  std::size_t before = 0, after = 0;
  on_shard(0, [&](Shard&) { before = allocations_of_this_thread(); });
  const unsigned seen = publisher->buffers;
  const auto sent_before = transport->counters().packets_out;
  for (unsigned i = 1; i <= 500; ++i) {
    send_packet(*publisher, kKeyframe);
    if (i % 10 == 0) ++publisher->sequence;  // lost on the way: it is asked for again
    if (i % 20 != 0) continue;
    ASSERT_TRUE(eventually([&] { return publisher->buffers >= seen + i; }));
  }
  on_shard(0, [&](Shard&) { after = allocations_of_this_thread(); });
  EXPECT_EQ(after, before);
  EXPECT_GE(transport->counters().packets_out, sent_before + 500 * subscribers.size());
}

INSTANTIATE_TEST_SUITE_P(Of, TransportHotPath,
                         ::testing::Values(media::Kind::Audio, media::Kind::Video),
                         [](const auto& kind) {
                           return kind.param == media::Kind::Audio ? "Sound" : "Pictures";
                         });

TEST_F(TransportMedia, TheSubscriberThatMovesIsFollowed) {
  auto publisher = publish();
  auto subscriber = subscribe(*publisher);
  ASSERT_TRUE(send_until_received(*publisher, subscriber.client));
  TestPeer moved = peer("127.0.0.1");
  ASSERT_TRUE(moved.connect(subscriber.member.credentials));
  moved.use_keys(make_key(static_cast<unsigned>(2 * subscriber.member.id)),
                 make_key(static_cast<unsigned>(2 * subscriber.member.id + 1)));
  EXPECT_TRUE(send_until_received(*publisher, moved));
  while (subscriber.client.receive(20ms)) {
  }
  send_packet(*publisher);
  EXPECT_TRUE(moved.receive_rtp(1s));
  EXPECT_FALSE(subscriber.client.receive(20ms)) << "nothing goes to the old address any more";
}

TEST_F(TransportMedia, StrangersDoNotDisturb) {
  auto publisher = publish();
  auto subscriber = subscribe(*publisher);
  ASSERT_TRUE(send_until_received(*publisher, subscriber.client));
  std::atomic<bool> stop = false;
  std::thread stranger([&] {
    TestPeer junk = peer();
    for (std::uint32_t i = 0; !stop; ++i) {
      Bytes datagram(1 + i * 37 % 1400, static_cast<std::uint8_t>(i * 11));
      datagram[0] = static_cast<std::uint8_t>(i);
      junk.send(datagram);
      if (i % 50 == 0)
        std::this_thread::sleep_for(1ms);  // the kernel's queue is not what is tested
      if (i % 10 == 0) junk.send_check({"stranger", "password"});
      if (i % 10 == 5)
        junk.send_check(publisher->member.credentials, {.nominate = true, .password = "guess"});
    }
  });
  unsigned received = 0;
  for (int i = 0; i < 100; ++i) {
    send_packet(*publisher);
    received += subscriber.client.receive_rtp(1s).has_value();
  }
  EXPECT_TRUE(eventually([&] {
    const auto counters = transport->counters();
    return counters.dropped_unknown > 100 && counters.dropped_auth > 10;
  })) << "the stranger did not come to it";
  stop = true;
  stranger.join();
  EXPECT_GE(received, 99u);
  EXPECT_EQ(listener.connected(publisher->member.id), 1u);
}

TEST_F(TransportMedia, PacketsThatDoNotAuthenticateAreCountedAndDropped) {
  auto publisher = publish();
  send_packet(*publisher);
  ASSERT_TRUE(eventually([&] { return publisher->buffers == 1; }));
  const auto before = transport->counters().dropped_auth;
  for (int i = 0; i < 50; ++i)
    publisher->client.send(make_rtp(kPublishedSsrc, kPayloadType, 2000, 1));
  Bytes rtcp(40, 0x80);
  rtcp[1] = 200;
  for (int i = 0; i < 50; ++i) publisher->client.send(rtcp);
  EXPECT_TRUE(eventually([&] { return transport->counters().dropped_auth == before + 100; }));
  send_packet(*publisher);
  EXPECT_TRUE(eventually([&] { return publisher->buffers == 2; }));
}

TEST_F(TransportMedia, APadThatFlushesIsLetGoOnce) {
  auto publisher = publish();
  publisher->flow = GST_FLOW_FLUSHING;
  for (int i = 0; i < 5; ++i) send_packet(*publisher);
  EXPECT_TRUE(eventually([&] { return transport->counters().outputs_lost == 1; }));
  publisher->flow = GST_FLOW_OK;
  on_shard(0, [&](Shard& shard) {
    shard.set_output(publisher->member.id, kTrack, publisher->pads->source());
  });
  send_packet(*publisher);
  EXPECT_TRUE(eventually([&] { return publisher->buffers >= 2; })) << "the shard went on";
  EXPECT_EQ(transport->counters().outputs_lost, 1u);
}

TEST_F(TransportMedia, AfterTheOutputIsTakenAwayThePadIsNotTouched) {
  auto publisher = publish();
  send_packet(*publisher);
  ASSERT_TRUE(eventually([&] { return publisher->buffers == 1; }));
  on_shard(0, [&](Shard& shard) { shard.set_output(publisher->member.id, kTrack, nullptr); });
  send_packet(*publisher);
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(publisher->buffers, 1u);
}

TEST_F(TransportMedia, ClosingInTheMidstOfTrafficLeavesTheOthersAlone) {
  auto publisher = publish();
  auto stays = subscribe(*publisher);
  ASSERT_TRUE(send_until_received(*publisher, stays.client));
  for (int i = 0; i < 20; ++i) {
    auto leaves = subscribe(*publisher);
    for (int j = 0; j < 5; ++j) send_packet(*publisher);
    transport->close(leaves.member.id);
    for (int j = 0; j < 5; ++j) send_packet(*publisher);
  }
  while (stays.client.receive_rtp(20ms)) {
  }
  EXPECT_TRUE(send_until_received(*publisher, stays.client));
  transport->close(publisher->member.id);
  for (int j = 0; j < 5; ++j) send_packet(*publisher);
  transport->close(stays.member.id);
  EXPECT_EQ(transport->counters().connections, 0u);
}

TEST_F(TransportMedia, TheSameKeyAgainDoesNotStartTheKeyStreamOver) {
  auto publisher = publish();
  auto subscriber = subscribe(*publisher);
  ASSERT_TRUE(send_until_received(*publisher, subscriber.client));
  transport->set_key(subscriber.member.id, Direction::Send,
                     make_key(static_cast<unsigned>(2 * subscriber.member.id + 1)));
  EXPECT_TRUE(send_until_received(*publisher, subscriber.client));
  EXPECT_EQ(listener.media_ready(subscriber.member.id), 1u);
}

class TransportOnTwoShards : public TransportMedia {
 protected:
  TransportOnTwoShards() : TransportMedia(2) {}
};

TEST_F(TransportOnTwoShards, WhicheverSocketAPacketLandsOnItArrives) {
  // The kernel spreads peers over the sockets by their ports: of 12 on each shard, some land wrong.
  for (const unsigned shard : {0u, 1u}) {
    for (int i = 0; i < 6; ++i) {
      auto publisher = publish(shard);
      auto subscriber = subscribe(*publisher);
      EXPECT_TRUE(send_until_received(*publisher, subscriber.client));
      transport->close(publisher->member.id);
      transport->close(subscriber.member.id);
    }
  }
  EXPECT_GT(transport->counters().handed_over, 0u);
  EXPECT_EQ(transport->counters().dropped_overload, 0u);
}

TEST_F(TransportOnTwoShards, RoutesEndEverywhereWithTheirConnection) {
  for (int i = 0; i < 8; ++i) {
    Member member = join(static_cast<unsigned>(i % 2));
    TestPeer client = peer();
    ASSERT_TRUE(client.connect(member.credentials));
    transport->close(member.id);
    on_shard(0, [](Shard&) {});
    on_shard(1, [](Shard&) {});
    on_shard(0, [](Shard&) {});
    const auto before = transport->counters().dropped_unknown;
    client.send_check(member.credentials);
    EXPECT_TRUE(eventually([&] { return transport->counters().dropped_unknown == before + 1; }));
  }
}

}  // namespace
}  // namespace parley::transport::testing
