#include "server/store/suspended_uploads.h"

#include <algorithm>
#include <utility>

namespace moyo::store {

void SuspendedUploads::Put(const UploadKey& key, std::unique_ptr<ShardUpload> upload,
                           absl::Time now) {
  if (upload->received_bytes() < kFewestBytes) return;
  Take(key);
  entries_.push_back({key, std::move(upload), now});
  if (entries_.size() > kMost) entries_.pop_front();
}

std::unique_ptr<ShardUpload> SuspendedUploads::Take(const UploadKey& key) {
  const auto entry =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.key == key; });
  if (entry == entries_.end()) return nullptr;
  std::unique_ptr<ShardUpload> upload = std::move(entry->upload);
  entries_.erase(entry);
  return upload;
}

uint64_t SuspendedUploads::ReceivedBytes(const UploadKey& key) const {
  const auto entry =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.key == key; });
  return entry == entries_.end() ? 0 : entry->upload->received_bytes();
}

void SuspendedUploads::Sweep(absl::Time now, const std::function<bool(const UploadKey&)>& counts) {
  std::erase_if(entries_, [&](const Entry& e) { return now - e.since > kKept || !counts(e.key); });
}

}  // namespace moyo::store
