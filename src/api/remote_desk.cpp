#include "api/remote_desk.h"

#include <fmt/format.h>

#include <utility>

#include "api/client.h"
#include "base/byte_reader.h"
#include "desk/question_json.h"
#include "desk/vocabulary_json.h"
#include "store/flow_frame.h"

namespace noroshi {
namespace {

Result<std::string> body_of(Result<HttpClient::Response> response) {
  if (!response) return tl::unexpected(response.error());
  if (response->status != 200) return tl::unexpected(error_from_json(response->body));
  return std::move(response->body);
}

/// Puts frames together again from pieces that are cut anywhere.
class FrameReader {
 public:
  explicit FrameReader(const FlowAnswers::RowSink& sink) : sink_(sink) {}

  Status take(std::string_view piece) {
    pending_ += piece;
    std::size_t done = 0;
    while (pending_.size() - done >= 4) {
      const auto bytes = std::as_bytes(std::span(pending_)).subspan(done);
      const std::size_t length = ByteReader(bytes).read_u32();
      if (length > kMostFrameOctets)
        return failure(ErrorCode::kMalformed,
                       "the daemon sent a frame of flows too large to be one");
      if (bytes.size() - 4 < length) break;
      done += 4 + length;
      if (length == 0) {
        ended_ = true;
        continue;
      }
      TRY(sink_(TRY(decode_frame(bytes.subspan(4, length)))));
    }
    pending_.erase(0, done);
    return {};
  }
  [[nodiscard]] bool ended() const { return ended_ && pending_.empty(); }

 private:
  static constexpr std::size_t kMostFrameOctets = std::size_t{256} << 20;
  const FlowAnswers::RowSink& sink_;
  std::string pending_;
  bool ended_ = false;
};

}  // namespace

class RemoteDesk::Flows final : public FlowAnswers {
 public:
  explicit Flows(HttpClient client) : client_(std::move(client)) {}

  Result<std::vector<Answer>> ask(std::span<const GroupQuestion> questions) override {
    const std::vector<GroupQuestion> list(questions.begin(), questions.end());
    auto answers = TRY(
        answers_from_json(TRY(body_of(noted(client_.post("/desk/flows/group", to_json(list)))))));
    if (answers.size() != list.size())
      return failure(ErrorCode::kMalformed, "the daemon answered another number of questions");
    return answers;
  }

  Result<Answer> ask(const SeriesQuestion& question) override {
    return one_answer("/desk/flows/series", to_json(question));
  }

  Result<Answer> ask(const TrendSeriesQuestion& question) override {
    return one_answer("/desk/flows/trend", to_json(question));
  }

  Status read(const RowsQuestion& question, const RowSink& sink) override {
    return read_frames("/desk/flows/rows", question, sink);
  }

  Status read_for_export(const RowsQuestion& question, const RowSink& sink) override {
    return read_frames("/desk/flows/export", question, sink);
  }

  Status read_parquet(const RowsQuestion& question, const PieceSink& sink) override {
    TRY(body_of(noted(client_.post("/desk/flows/parquet", to_json(question), sink))));
    return {};
  }

  std::vector<Bilingual> notes() const override { return notes_; }

 private:
  Result<Answer> one_answer(const std::string& path, const std::string& question) {
    auto answers = TRY(answers_from_json(TRY(body_of(noted(client_.post(path, question))))));
    if (answers.size() != 1)
      return failure(ErrorCode::kMalformed, "the daemon answered another number of questions");
    return std::move(answers.front());
  }

  Status read_frames(const char* path, const RowsQuestion& question, const RowSink& sink) {
    FrameReader frames(sink);
    auto response = client_.post(path, to_json(question),
                                 [&](std::string_view piece) { return frames.take(piece); });
    TRY(body_of(noted(std::move(response))));
    if (!frames.ended())
      return failure(ErrorCode::kTruncated, "the daemon's answer ended early; ask its log why");
    return {};
  }

  Result<HttpClient::Response> noted(Result<HttpClient::Response> response) {
    notes_ = response ? notes_from_json(response->notes) : std::vector<Bilingual>();
    return response;
  }

  HttpClient client_;
  std::vector<Bilingual> notes_;
};

RemoteDesk::RemoteDesk(std::string unix_socket) : unix_socket_(std::move(unix_socket)) {}
RemoteDesk::~RemoteDesk() = default;

Result<std::unique_ptr<RemoteDesk>> RemoteDesk::connect(const std::string& unix_socket) {
  std::unique_ptr<RemoteDesk> desk(new RemoteDesk(unix_socket));
  TRY(HttpClient(unix_socket).get("/healthz"));
  return desk;
}

Result<std::string> RemoteDesk::get(const std::string& path) {
  return body_of(HttpClient(unix_socket_).get(path));
}

Result<FilterVocabulary> RemoteDesk::vocabulary() {
  return vocabulary_from_json(TRY(get("/desk/vocabulary")));
}
Result<std::unique_ptr<FlowAnswers>> RemoteDesk::flows(const Asker& asker) {
  return std::make_unique<Flows>(HttpClient(unix_socket_, asker.purpose, asker.case_id));
}
Result<std::string> RemoteDesk::exporters() { return get("/desk/exporters"); }
Result<std::string> RemoteDesk::interfaces() { return get("/desk/interfaces"); }
Result<std::string> RemoteDesk::status() { return get("/desk/status"); }

}  // namespace noroshi
