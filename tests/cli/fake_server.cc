#include "tests/cli/fake_server.h"

#include "absl/strings/str_cat.h"
#include "common/go/types.h"

namespace moyo::cli {

grpc::Status FakeShardService::DownloadShard(
    grpc::ServerContext*, const v1::DownloadShardRequest* request,
    grpc::ServerWriter<v1::DownloadShardResponse>* writer) {
  ++downloads;
  const auto file = files.find(request->unit_id());
  if (file == files.end()) return grpc::Status(grpc::StatusCode::NOT_FOUND, "no such shard");
  constexpr size_t kPiece = 100;  // several messages even for a small file
  for (size_t at = request->offset(); at < file->second.size(); at += kPiece) {
    v1::DownloadShardResponse response;
    response.set_data(file->second.substr(at, kPiece));
    writer->Write(response);
    if (at + kPiece < request->offset() + 2 * kPiece || cut_downloads == 0) continue;
    --cut_downloads;
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "cut");
  }
  return grpc::Status::OK;
}

void FakeShardService::AddShard(uint64_t unit_id, int games) {
  shard::Columns columns;
  for (int i = 0; i < games; ++i) {
    go::GameRecord game;
    game.moves.push_back({});
    Hash128 hash = {};
    hash[0] = static_cast<uint8_t>(i);
    hash[1] = static_cast<uint8_t>(unit_id);
    columns.Append(game, hash);
  }
  files[unit_id] = shard::WriteNpz(columns);
  const Digest digest = shard::DigestOf(columns);
  v1::ShardEntry* entry = manifest.add_shards();
  entry->set_unit_id(unit_id);
  entry->set_shard_digest(digest.data(), digest.size());
  entry->set_length_bytes(files[unit_id].size());
  entry->set_games(games);
  entry->set_positions(games);
}

FakeServer::FakeServer() {
  int port = 0;
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&admin);
  builder.RegisterService(&shards);
  server_ = builder.BuildAndStart();
  address_ = absl::StrCat("127.0.0.1:", port);
}

}  // namespace moyo::cli
