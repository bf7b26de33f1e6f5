#include "absl/strings/str_cat.h"
#include "common/shard/column_list.h"
#include "common/shard/npy_header.h"
#include "common/shard/shard.h"
#include "common/shard/zip.h"

namespace moyo::shard {
namespace {

std::string ColumnHeader(const char* type, size_t rows, uint32_t entries) {
  const uint64_t shape[] = {rows, entries};
  return NpyHeader(type, {shape, entries == 1 ? size_t{1} : size_t{2}});
}

}  // namespace

std::string WriteNpz(const Columns& columns) {
  ZipWriter zip;
  std::string version = ColumnHeader("<u4", 1, 1);
  version.append(reinterpret_cast<const char*>(&kFormatVersion), sizeof(kFormatVersion));
  zip.Add("format_version.npy", version);
  ForEachColumn(columns, [&](const char* name, const auto& column, Owner owner, uint32_t entries) {
    using Entry = typename std::decay_t<decltype(column)>::value_type;
    std::string bytes = ColumnHeader(NumpyType<Entry>(), column.size() / entries, entries);
    bytes.append(reinterpret_cast<const char*>(column.data()), column.size() * sizeof(Entry));
    // Coordinates hardly ever repeat in a way that a search for matches would pay for.
    const Packing packing = owner == Owner::kMove ? Packing::kLiterals : Packing::kMatches;
    zip.Add(absl::StrCat(name, ".npy"), bytes, packing);
  });
  return zip.Finish();
}

}  // namespace moyo::shard
