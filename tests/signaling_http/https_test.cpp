// Over TLS, with libsoup's client as the other side.
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libsoup/soup.h>

#include "signaling/http/tls.hpp"
#include "support/main_context.hpp"
#include "support/running_server.hpp"

namespace parley::signaling::http {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class HttpsTest : public testing::Test {
 protected:
  struct Answer {
    unsigned status = 0;
    std::string body;
    Ref<GTlsCertificate> certificate;
  };

  Answer get(const std::string& url) {
    const auto session = Ref<SoupSession>::adopt(soup_session_new());
    const auto message = Ref<SoupMessage>::adopt(soup_message_new("GET", url.c_str()));
    g_signal_connect(message.get(), "accept-certificate", G_CALLBACK(+[] { return TRUE; }),
                     nullptr);
    std::optional<Bytes> body;
    soup_session_send_and_read_async(
        session.get(), message.get(), G_PRIORITY_DEFAULT, nullptr,
        [](GObject* source, GAsyncResult* result, gpointer data) {
          static_cast<std::optional<Bytes>*>(data)->emplace(
              soup_session_send_and_read_finish(SOUP_SESSION(source), result, nullptr));
        },
        &body);
    run_until([&] { return body.has_value(); });
    Answer answer;
    answer.status = soup_message_get_status(message.get());
    answer.certificate =
        Ref<GTlsCertificate>::retain(soup_message_get_tls_peer_certificate(message.get()));
    if (body && *body != nullptr) {
      gsize size = 0;
      const auto* data = static_cast<const char*>(g_bytes_get_data(body->get(), &size));
      answer.body.assign(data, size);
    }
    return answer;
  }

  RunningServer running_;
};

TEST_F(HttpsTest, SelfSignedServerServesAndNamesItsUrl) {
  running_.options.tls_self_signed = true;
  running_.start();
  EXPECT_THAT(running_.server().url(), StartsWith("https://127.0.0.1:"));
  const auto page = get(running_.server().url() + "room1");
  EXPECT_EQ(page.status, 200u);
  EXPECT_THAT(page.body, HasSubstr("Parley"));
}

TEST_F(HttpsTest, ServerShowsTheCertificateOfItsFiles) {
  const auto made = self_signed_certificate({"127.0.0.1"}).value();
  char* certificate = nullptr;
  char* key = nullptr;
  g_object_get(made.get(), "certificate-pem", &certificate, "private-key-pem", &key, nullptr);
  running_.options.tls_cert = running_.directory.write("cert.pem", certificate);
  running_.options.tls_key = running_.directory.write("key.pem", key);
  g_free(certificate);
  g_free(key);
  running_.start();
  const auto page = get(running_.server().url() + "room1");
  EXPECT_EQ(page.status, 200u);
  ASSERT_TRUE(page.certificate);
  EXPECT_TRUE(g_tls_certificate_is_same(page.certificate.get(), made.get()));
}

TEST_F(HttpsTest, LargeFilesComeWhole) {
  const std::string large(3'000'000, 'x');
  running_.directory.write("web/large.js", large);
  running_.options.tls_self_signed = true;
  running_.start();
  EXPECT_EQ(get(running_.server().url() + "assets/large.js").body, large);
}

TEST_F(HttpsTest, PlainHttpToTheTlsPortIsCutAndHurtsNobody) {
  running_.options.tls_self_signed = true;
  running_.start();
  RawClient client(running_.port());
  client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(client.wait_for_close());
  EXPECT_EQ(client.received().find("HTTP/1.1 302"), std::string::npos);
  EXPECT_EQ(get(running_.server().url() + "healthz").status, 200u);
}

TEST_F(HttpsTest, WebSocketsWorkOverTls) {
  running_.options.tls_self_signed = true;
  running_.start();
  const auto session = Ref<SoupSession>::adopt(soup_session_new());
  const auto url = "wss://127.0.0.1:" + std::to_string(running_.port()) + "/ws";
  const auto message = Ref<SoupMessage>::adopt(soup_message_new("GET", url.c_str()));
  g_signal_connect(message.get(), "accept-certificate", G_CALLBACK(+[] { return TRUE; }), nullptr);
  std::string protocol = "parley.v1";
  char* protocols[] = {protocol.data(), nullptr};
  std::optional<Ref<SoupWebsocketConnection>> connection;
  soup_session_websocket_connect_async(
      session.get(), message.get(), nullptr, protocols, G_PRIORITY_DEFAULT, nullptr,
      [](GObject* source, GAsyncResult* result, gpointer data) {
        static_cast<decltype(connection)*>(data)->emplace(Ref<SoupWebsocketConnection>::adopt(
            soup_session_websocket_connect_finish(SOUP_SESSION(source), result, nullptr)));
      },
      &connection);
  ASSERT_TRUE(run_until([&] { return connection.has_value(); }));
  ASSERT_TRUE(*connection);
  EXPECT_STREQ(soup_websocket_connection_get_protocol(connection->get()), "parley.v1");
  ASSERT_TRUE(run_until([&] { return running_.server().sessions() == 1; }));

  soup_websocket_connection_close(connection->get(), 1000, nullptr);
  ASSERT_TRUE(run_until([&] { return running_.server().sessions() == 0; }));
  ASSERT_EQ(running_.backend.gone.size(), 1u);
  EXPECT_TRUE(running_.backend.gone.front().clean);
  run_until([&] {
    return soup_websocket_connection_get_state(connection->get()) == SOUP_WEBSOCKET_STATE_CLOSED;
  });
}

TEST_F(HttpsTest, ConnectionOnWhichNothingMovesIsDropped) {
  running_.options.connections.idle = std::chrono::seconds(1);
  for (const bool tls : {false, true}) {
    running_.options.tls_self_signed = tls;
    running_.options.connections.handshake = std::chrono::seconds(1);
    running_.start();
    RawClient silent(running_.port());
    EXPECT_TRUE(silent.wait_for_close()) << tls;
    RawClient half(running_.port());
    half.send("GET / HTTP/1.1\r\nHost:");
    EXPECT_TRUE(half.wait_for_close()) << tls;
    EXPECT_EQ(half.received().find("302"), std::string::npos) << tls;
  }
}

}  // namespace
}  // namespace parley::signaling::http
