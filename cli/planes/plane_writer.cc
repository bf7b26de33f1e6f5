#include "cli/planes/plane_writer.h"

#include <array>
#include <bit>
#include <memory>

#include "absl/strings/str_format.h"
#include "common/base/status_macros.h"

namespace moyo::cli {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are written as they lie");

constexpr size_t kWriteBytes = size_t{1} << 20;

using PlaneWords = std::array<uint64_t, features::kWordsPerPlane>;

PlaneWords AllOnes() {
  PlaneWords words;
  words.fill(~uint64_t{0});
  words.back() = (uint64_t{1} << features::kPointCount % 64) - 1;
  return words;
}

template <typename T>
void AppendValues(const PlaneWords& plane, std::string& out) {
  std::array<T, features::kPointCount> values;
  for (int point = 0; point < features::kPointCount; ++point) {
    values[point] = static_cast<T>(plane[point >> 6] >> (point & 63) & 1);
  }
  out.append(reinterpret_cast<const char*>(values.data()), sizeof(values));
}

void AppendPlane(const PlaneWords& plane, PlaneFormat format, std::string& out) {
  switch (format) {
    case PlaneFormat::kFloat32:
      return AppendValues<float>(plane, out);
    case PlaneFormat::kUint8:
      return AppendValues<uint8_t>(plane, out);
    case PlaneFormat::kBits:
      // Bit i of a word is bit i % 8 of its byte i / 8 in memory.
      out.append(reinterpret_cast<const char*>(plane.data()), kPackedPlaneBytes);
  }
}

// One value a sample, as an array of its own.
template <typename T, typename Get>
absl::Status WriteColumn(ArrayFile& file, const char* name, const char* type,
                         const std::vector<PlaneSample>& samples, Get&& get) {
  std::vector<T> values;
  values.reserve(samples.size());
  for (const PlaneSample& sample : samples) values.push_back(get(sample));
  MOYO_RETURN_IF_ERROR(file.Begin(name, type, {values.size()}));
  return file.Write({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)});
}

}  // namespace

void AppendPlanes(const features::BitPlanes& planes, PlaneFormat format, std::string& out) {
  static const PlaneWords kOnes = AllOnes();
  static const PlaneWords kZeros = {};
  for (const PlaneWords& plane : planes.history) AppendPlane(plane, format, out);
  const bool black = planes.to_move == go::Color::kBlack;
  AppendPlane(black ? kOnes : kZeros, format, out);
  AppendPlane(black ? kZeros : kOnes, format, out);
}

absl::Status PlaneWriter::Add(const PlaneSample& sample) {
  samples_.push_back(sample);
  return samples_.size() < options_.positions_per_file ? absl::OkStatus() : WriteFile();
}

absl::Status PlaneWriter::Finish() { return samples_.empty() ? absl::OkStatus() : WriteFile(); }

absl::Status PlaneWriter::WritePlanes(ArrayFile& file) const {
  constexpr uint64_t kSide = features::kBoardSize;
  std::vector<uint64_t> shape = {samples_.size(), features::kPlanes, kSide, kSide};
  if (options_.format == PlaneFormat::kBits) {
    shape = {samples_.size(), features::kPlanes, kPackedPlaneBytes};
  }
  MOYO_RETURN_IF_ERROR(
      file.Begin("X", options_.format == PlaneFormat::kFloat32 ? "<f4" : "|u1", shape));
  std::string bytes;
  for (const PlaneSample& sample : samples_) {
    AppendPlanes(sample.planes, options_.format, bytes);
    if (bytes.size() < kWriteBytes) continue;
    MOYO_RETURN_IF_ERROR(file.Write(bytes));
    bytes.clear();
  }
  return file.Write(bytes);
}

absl::Status PlaneWriter::WriteFile() {
  MOYO_ASSIGN_OR_RETURN(
      const std::unique_ptr<ArrayFile> file,
      ArrayFile::Create(options_.folder, absl::StrFormat("%04d", files_ + 1), options_.container));
  MOYO_RETURN_IF_ERROR(WritePlanes(*file));
  MOYO_RETURN_IF_ERROR(WriteColumn<int64_t>(*file, "Y", "<i8", samples_,
                                            [](const PlaneSample& s) { return s.policy; }));
  MOYO_RETURN_IF_ERROR(WriteColumn<int8_t>(*file, "winner", "|i1", samples_,
                                           [](const PlaneSample& s) { return s.winner; }));
  MOYO_RETURN_IF_ERROR(WriteColumn<uint8_t>(*file, "winner_known", "|b1", samples_,
                                            [](const PlaneSample& s) { return s.winner_known; }));
  MOYO_RETURN_IF_ERROR(WriteColumn<uint16_t>(*file, "ply", "<u2", samples_,
                                             [](const PlaneSample& s) { return s.ply; }));
  MOYO_RETURN_IF_ERROR(WriteColumn<uint64_t>(*file, "game_hash", "<u8", samples_,
                                             [](const PlaneSample& s) { return s.game_hash; }));
  MOYO_ASSIGN_OR_RETURN(const uint64_t file_bytes, file->Publish());
  bytes_ += file_bytes;
  ++files_;
  samples_.clear();
  return absl::OkStatus();
}

}  // namespace moyo::cli
