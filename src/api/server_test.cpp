#include "api/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>

#include "api/client.h"
#include "api/url.h"

namespace noroshi {
namespace {

std::string socket_path() {
  static std::atomic<int> count{0};
  return "/tmp/noroshi_server_test_" + std::to_string(getpid()) + "_" + std::to_string(++count);
}

HttpServer::Config on_socket(const std::string& path) {
  HttpServer::Config config;
  config.unix_socket = path;
  return config;
}

HttpResponse echo(const HttpRequest& request, HttpServer::Door door) {
  HttpResponse response;
  response.body = request.method + " " + request.path + " " + request.query + " " + request.body +
                  (door == HttpServer::Door::kUnix ? " unix" : " tcp");
  return response;
}

TEST(HttpServer, AnswersOnAUnixSocketThatOthersMayNotOpen) {
  const auto path = socket_path();
  HttpServer server(on_socket(path), echo);
  ASSERT_TRUE(server.start());
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0660u);
  HttpClient client(path);
  const auto answer = client.post("/a%20b?c=d", "body");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body, "POST /a b c=d body unix");
  server.stop();
  EXPECT_NE(access(path.c_str(), F_OK), 0);
  const auto refused = client.get("/");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
}

TEST(HttpServer, SaysWhoAsksOverAUnixSocketAsTheKernelKnows) {
  const auto path = socket_path();
  HttpServer server(on_socket(path), [](const HttpRequest& request, HttpServer::Door) {
    HttpResponse response;
    response.body = request.peer ? std::to_string(*request.peer) : "nobody";
    return response;
  });
  ASSERT_TRUE(server.start());
  const auto answer = HttpClient(path).get("/?peer=0");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body, std::to_string(getuid()));
}

TEST(HttpServer, RefusesASocketInUseAndReplacesOneLeftBehind) {
  const auto path = socket_path();
  {
    HttpServer first(on_socket(path), echo);
    ASSERT_TRUE(first.start());
    HttpServer second(on_socket(path), echo);
    const auto started = second.start();
    ASSERT_FALSE(started);
    EXPECT_THAT(started.error().message, testing::HasSubstr("another noroshi"));
  }
  const int left = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(bind(left, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  close(left);
  HttpServer third(on_socket(path), echo);
  EXPECT_TRUE(third.start());
}

TEST(HttpServer, StreamsLongAnswersAndShowsWhenOneBroke) {
  const auto path = socket_path();
  HttpServer server(on_socket(path), [](const HttpRequest& request, HttpServer::Door) {
    HttpResponse response;
    const bool breaks = request.path == "/breaks";
    response.stream = [breaks](const HttpResponse::Send& send) -> Status {
      for (int i = 0; i < 1000; ++i)
        if (!send(std::string(1000, 'x'))) break;
      if (breaks) return failure(ErrorCode::kIo, "broken");
      return {};
    };
    return response;
  });
  ASSERT_TRUE(server.start());
  HttpClient client(path);
  std::size_t received = 0;
  const HttpClient::Sink count = [&](std::string_view piece) -> Status {
    received += piece.size();
    return {};
  };
  EXPECT_TRUE(client.post("/whole", "", count));
  EXPECT_EQ(received, 1'000'000u);
  const auto broken = client.post("/breaks", "", count);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::kTruncated);
}

TEST(HttpServer, BoundsConnectionsAndBodies) {
  const auto path = socket_path();
  auto config = on_socket(path);
  config.largest_body = 1000;
  HttpServer server(config, echo);
  ASSERT_TRUE(server.start());
  HttpClient client(path);
  const auto refused = client.post("/", std::string(5000, 'x'));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 413);
  EXPECT_EQ(server.statistics().bad_requests, 1u);
}

TEST(HttpServer, ServesManyAtOnce) {
  const auto path = socket_path();
  HttpServer server(on_socket(path), echo);
  ASSERT_TRUE(server.start());
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      HttpClient client(path);
      for (int j = 0; j < 20; ++j)
        if (const auto answer = client.get("/x"); answer && answer->status == 200) ++good;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 160);
  EXPECT_EQ(server.statistics().requests, 160u);
}

TEST(HttpServer, SaysWhichAddressIsTaken) {
  HttpServer::Config config;
  config.tcp = {"127.0.0.1:0"};
  HttpServer first(config, echo);
  ASSERT_TRUE(first.start());
  config.tcp = {"127.0.0.1:" + std::to_string(first.ports().at(0))};
  const auto second = HttpServer(config, echo).start();
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, testing::StartsWith("cannot listen on 127.0.0.1:"));
  config.tcp = {"nowhere"};
  EXPECT_FALSE(HttpServer(config, echo).start());
}

TEST(Url, DecodesWhatIsEncodedAndNothingElse) {
  EXPECT_EQ(percent_decoded("a%20b%"), "a b%");
  EXPECT_EQ(percent_decoded("%zz%4"), "%zz%4");
  EXPECT_EQ(percent_decoded("%41"), "A");
  EXPECT_EQ(query_value("a=1&b=x%26y", "b"), "x&y");
  EXPECT_EQ(query_value("a=1", "b"), std::nullopt);
  EXPECT_EQ(query_value("b", "b"), "");
}

}  // namespace
}  // namespace noroshi
