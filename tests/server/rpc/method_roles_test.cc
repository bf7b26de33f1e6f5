#include "server/rpc/method_roles.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "moyo/v1/admin.pb.h"
#include "moyo/v1/shard.pb.h"
#include "moyo/v1/training.pb.h"
#include "moyo/v1/work.pb.h"

namespace moyo::server {
namespace {

using store::Role;

// Of every .proto file in the source tree, so that a new file counts, too.
std::vector<std::string> MethodsOfTheApi() {
  // Linked in by being named.
  v1::GetStatusRequest::descriptor();
  v1::GetManifestRequest::descriptor();
  std::vector<std::string> methods;
  for (const auto& entry : std::filesystem::directory_iterator(MOYO_SOURCE_DIR "/proto/moyo/v1")) {
    const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(
        "moyo/v1/" + entry.path().filename().string());
    if (file == nullptr) {
      ADD_FAILURE() << entry.path() << " is not linked into this test";
      continue;
    }
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        methods.push_back("/" + file->service(s)->full_name() + "/" +
                          file->service(s)->method(m)->name());
      }
    }
  }
  return methods;
}

TEST(MethodRolesTest, EveryMethodOfTheApiHasARole) {
  const std::vector<std::string> methods = MethodsOfTheApi();
  EXPECT_GE(methods.size(), 16u);
  for (const std::string& method : methods) {
    EXPECT_EQ(RuleOf(method).access, Access::kRoles)
        << method << " needs a row in server/rpc/method_roles.cc";
    EXPECT_TRUE(IsAllowed(RuleOf(method), Role::kAdmin)) << method;
  }
}

TEST(MethodRolesTest, WorkersAndTrainersHaveOnlyTheirOwn) {
  const auto allowed = [](const char* method, Role role) {
    return IsAllowed(RuleOf(method), role);
  };
  EXPECT_TRUE(allowed("/moyo.v1.WorkService/LeaseUnit", Role::kWorker));
  EXPECT_TRUE(allowed("/moyo.v1.ShardService/UploadShard", Role::kWorker));
  EXPECT_FALSE(allowed("/moyo.v1.ShardService/DownloadShard", Role::kWorker));
  EXPECT_TRUE(allowed("/moyo.v1.ShardService/DownloadShard", Role::kTrainer));
  EXPECT_FALSE(allowed("/moyo.v1.WorkService/LeaseUnit", Role::kTrainer));
  for (const Role role : {Role::kWorker, Role::kTrainer}) {
    for (const std::string& method : MethodsOfTheApi()) {
      if (method.find("AdminService") != std::string::npos) {
        EXPECT_FALSE(IsAllowed(RuleOf(method), role)) << method;
      }
    }
  }
}

TEST(MethodRolesTest, UnknownMethodIsForNobody) {
  for (const char* method :
       {"", "/moyo.v1.AdminService/NoSuch", "/moyo.v1.WorkService/leaseunit"}) {
    EXPECT_EQ(RuleOf(method).access, Access::kNobody) << method;
    EXPECT_FALSE(IsAllowed(RuleOf(method), Role::kAdmin)) << method;
  }
}

TEST(MethodRolesTest, HealthNeedsNone) {
  EXPECT_EQ(RuleOf("/grpc.health.v1.Health/Check").access, Access::kAnyone);
}

// Stored, and on the wire: do not renumber.
TEST(MethodRolesTest, RoleNumbersStayAsTheyAre) {
  EXPECT_EQ(static_cast<int>(Role::kWorker), v1::TOKEN_ROLE_WORKER);
  EXPECT_EQ(static_cast<int>(Role::kTrainer), v1::TOKEN_ROLE_TRAINER);
  EXPECT_EQ(static_cast<int>(Role::kAdmin), v1::TOKEN_ROLE_ADMIN);
  EXPECT_EQ(v1::TOKEN_ROLE_WORKER, 1);
  EXPECT_EQ(v1::TOKEN_ROLE_ADMIN, 3);
}

}  // namespace
}  // namespace moyo::server
