#include "trainer/group/group.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace moyo::trainer {
namespace {

class LoneGroup final : public Group {
 public:
  LoneGroup() : Group(0, 1) {}

 private:
  void SumOverRanks(torch::Tensor&) override {}
  void BroadcastFromFirst(torch::Tensor&) override {}
};

}  // namespace

absl::Status Group::Lost(const std::exception& error) {
  lost_ = true;
  // Torch's messages go on with pages of its own stack.
  const std::pair<std::string, std::string> text =
      absl::StrSplit(error.what(), absl::MaxSplits('\n', 1));
  return absl::UnavailableError(
      absl::StrCat("one of the ", size_, " ranks is lost (", text.first, ")"));
}

absl::Status Group::Sum(torch::Tensor& tensor) {
  if (size_ == 1) return absl::OkStatus();
  try {
    SumOverRanks(tensor);
  } catch (const std::exception& error) {
    return Lost(error);
  }
  return absl::OkStatus();
}

absl::Status Group::Sum(std::span<double> numbers) {
  torch::Tensor tensor =
      torch::from_blob(numbers.data(), {static_cast<int64_t>(numbers.size())}, torch::kDouble);
  return Sum(tensor);
}

absl::StatusOr<std::string> Group::FromFirst(std::string bytes) {
  if (size_ == 1) return bytes;
  try {
    torch::Tensor size = torch::full({1}, static_cast<int64_t>(bytes.size()), torch::kLong);
    BroadcastFromFirst(size);
    bytes.resize(size.item<int64_t>());
    if (bytes.empty()) return bytes;
    torch::Tensor tensor =
        torch::from_blob(bytes.data(), {static_cast<int64_t>(bytes.size())}, torch::kByte);
    BroadcastFromFirst(tensor);
  } catch (const std::exception& error) {
    return Lost(error);
  }
  return bytes;
}

std::unique_ptr<Group> MakeLoneGroup() { return std::make_unique<LoneGroup>(); }

}  // namespace moyo::trainer
