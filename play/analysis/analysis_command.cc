#include "play/analysis/analysis_command.h"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/base/version.h"
#include "play/analysis/answer.h"
#include "play/analysis/query.h"
#include "play/analysis/queue.h"
#include "play/json_fields.h"
#include "play/line_reader.h"

namespace moyo::play {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr size_t kMaxRequestBytes = 1 << 20;

// Whole lines from two threads.
class AnswerWriter {
 public:
  explicit AnswerWriter(std::ostream& out) : out_(out) {}
  template <typename Json>
  void Write(const Json& answer) {
    // Text of a request comes back in answers; what is no UTF-8 must not stop them.
    const std::string line = answer.dump(-1, ' ', false, json::error_handler_t::replace);
    const std::lock_guard<std::mutex> lock(mutex_);
    out_ << line << "\n" << std::flush;
  }

 private:
  std::mutex mutex_;
  std::ostream& out_;
};

// The requests of one client, as they come.
class RequestReader {
 public:
  RequestReader(AnalysisQueue& queue, AnswerWriter& writer) : queue_(queue), writer_(writer) {}

  void Handle(const std::string& line) {
    if (absl::StripAsciiWhitespace(line).empty()) return;
    if (line.size() >= kMaxRequestBytes) {  // the rest was dropped
      writer_.Write(
          AnswerError("", absl::InvalidArgumentError(absl::StrCat("a request must be shorter than ",
                                                                  kMaxRequestBytes, " bytes"))));
      return;
    }
    std::string id;
    if (absl::Status done = Take(line, id); !done.ok()) writer_.Write(AnswerError(id, done));
  }

 private:
  absl::Status Take(const std::string& line, std::string& id) {
    MOYO_ASSIGN_OR_RETURN(json request, ParseRequest(line));
    MOYO_ASSIGN_OR_RETURN(id, ReadId(request));
    if (request.contains("action")) return Act(std::move(request));
    MOYO_ASSIGN_OR_RETURN(AnalysisQuery query, ParseQuery(request));
    queue_.Add(std::make_shared<const AnalysisQuery>(std::move(query)));
    return absl::OkStatus();
  }

  // Answered with the request itself and what was asked for.
  absl::Status Act(json request) {
    const json& action = request["action"];
    if (action == "query_version") {
      request["version"] = kReleaseVersion;
      request["git_hash"] = "<omitted>";
    } else if (action == "terminate") {
      if (!request.contains("terminateId") || !request["terminateId"].is_string()) {
        return BadField("terminateId", "there, a string");
      }
      MOYO_RETURN_IF_ERROR(Terminate(request, request["terminateId"].get<std::string>()));
    } else if (action == "terminate_all") {
      MOYO_RETURN_IF_ERROR(Terminate(request, std::nullopt));
    } else if (action != "clear_cache") {  // which there is none of
      return BadField("action", "query_version, terminate, terminate_all or clear_cache");
    }
    writer_.Write(request);
    return absl::OkStatus();
  }

  absl::Status Terminate(const json& request, const std::optional<std::string>& id) {
    MOYO_ASSIGN_OR_RETURN(const auto turns, ParseTurnNumbers(request));
    const std::vector<AnalysisJob> removed = queue_.Remove([&](const AnalysisJob& job) {
      return (!id || job.query->id == *id) && (!turns || turns->contains(job.turn));
    });
    for (const AnalysisJob& job : removed) {
      writer_.Write(AnswerWithoutResults(*job.query, job.turn));
    }
    return absl::OkStatus();
  }

  AnalysisQueue& queue_;
  AnswerWriter& writer_;
};

}  // namespace

absl::Status RunAnalysis(evaluation::Evaluator& evaluator, std::istream& in, std::ostream& out) {
  AnalysisQueue queue;
  AnswerWriter writer(out);
  std::thread reading([&] {
    RequestReader reader(queue, writer);
    std::string line;
    while (ReadLine(in, line, kMaxRequestBytes)) reader.Handle(line);
    queue.Close();
  });
  while (const std::optional<AnalysisJob> job = queue.Next()) {
    const absl::StatusOr<ordered_json> answer = AnswerTurn(*job->query, job->turn, evaluator);
    writer.Write(answer.ok() ? *answer : AnswerError(job->query->id, answer.status()));
  }
  reading.join();
  return absl::OkStatus();
}

}  // namespace moyo::play
