#include "absl/strings/str_cat.h"
#include "common/shard/column_list.h"
#include "common/shard/shard.h"
#include "common/shard/zip.h"

namespace moyo::shard {
namespace {

constexpr size_t kAlign = 64;
constexpr size_t kPreambleBytes = 10;  // magic, version, header length

// NumPy's .npy, version 1.0 (numpy.lib.format): the header is a Python dict, padded to 64 bytes.
std::string NpyHeader(const char* type, size_t rows, uint32_t entries) {
  std::string header =
      absl::StrCat("{'descr': '", type, "', 'fortran_order': False, 'shape': (", rows,
                   entries == 1 ? ",), }" : absl::StrCat(", ", entries, "), }"));
  const size_t unpadded = kPreambleBytes + header.size() + 1;
  header.append((kAlign - unpadded % kAlign) % kAlign, ' ').push_back('\n');
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes.push_back(static_cast<char>(header.size() & 0xff));
  bytes.push_back(static_cast<char>(header.size() >> 8));
  return bytes + header;
}

}  // namespace

std::string WriteNpz(const Columns& columns) {
  ZipWriter zip;
  std::string version = NpyHeader("<u4", 1, 1);
  version.append(reinterpret_cast<const char*>(&kFormatVersion), sizeof(kFormatVersion));
  zip.Add("format_version.npy", version);
  ForEachColumn(columns, [&](const char* name, const auto& column, Owner owner, uint32_t entries) {
    using Entry = typename std::decay_t<decltype(column)>::value_type;
    std::string bytes = NpyHeader(NumpyType<Entry>(), column.size() / entries, entries);
    bytes.append(reinterpret_cast<const char*>(column.data()), column.size() * sizeof(Entry));
    // Coordinates hardly ever repeat in a way that a search for matches would pay for.
    const Packing packing = owner == Owner::kMove ? Packing::kLiterals : Packing::kMatches;
    zip.Add(absl::StrCat(name, ".npy"), bytes, packing);
  });
  return zip.Finish();
}

}  // namespace moyo::shard
