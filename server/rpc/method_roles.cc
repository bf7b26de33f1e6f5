#include "server/rpc/method_roles.h"

namespace moyo::server {
namespace {

using store::Role;

constexpr MethodRule kRules[] = {
    {"/moyo.v1.WorkService/RegisterWorker", Access::kRoles, Role::kWorker},
    {"/moyo.v1.WorkService/LeaseUnit", Access::kRoles, Role::kWorker},
    {"/moyo.v1.WorkService/FetchSources", Access::kRoles, Role::kWorker},
    {"/moyo.v1.WorkService/Heartbeat", Access::kRoles, Role::kWorker},
    {"/moyo.v1.WorkService/CommitUnit", Access::kRoles, Role::kWorker},
    {"/moyo.v1.WorkService/ReleaseUnit", Access::kRoles, Role::kWorker},
    {"/moyo.v1.ShardService/UploadShard", Access::kRoles, Role::kWorker},
    {"/moyo.v1.ShardService/GetUpload", Access::kRoles, Role::kWorker},
    {"/moyo.v1.ShardService/DownloadShard", Access::kRoles, Role::kTrainer},
    {"/moyo.v1.ShardService/GetManifest", Access::kRoles, Role::kTrainer},
    {"/moyo.v1.TrainingService/ReportProgress", Access::kRoles, Role::kTrainer},
    {"/moyo.v1.AdminService/GetStatus", Access::kRoles, Role::kAdmin},
    {"/moyo.v1.AdminService/ListLedger", Access::kRoles, Role::kAdmin},
    {"/moyo.v1.AdminService/AddSources", Access::kRoles, Role::kAdmin},
    {"/moyo.v1.AdminService/AddToken", Access::kRoles, Role::kAdmin},
    {"/moyo.v1.AdminService/ListTokens", Access::kRoles, Role::kAdmin},
    {"/moyo.v1.AdminService/RevokeToken", Access::kRoles, Role::kAdmin},
    // Whether it runs is no secret: a load balancer or container asks without a token.
    {"/grpc.health.v1.Health/Check", Access::kAnyone},
    {"/grpc.health.v1.Health/Watch", Access::kAnyone},
    {"/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", Access::kRoles,
     Role::kAdmin},
};

}  // namespace

MethodRule RuleOf(std::string_view method) {
  for (const MethodRule& rule : kRules) {
    if (rule.method == method) return rule;
  }
  return {method};
}

bool IsAllowed(const MethodRule& rule, store::Role role) {
  if (rule.access == Access::kAnyone) return true;
  return rule.access == Access::kRoles && (role == rule.role || role == Role::kAdmin);
}

std::string_view NameOf(store::Role role) {
  switch (role) {
    case Role::kWorker:
      return "worker";
    case Role::kTrainer:
      return "trainer";
    case Role::kAdmin:
      return "admin";
  }
  return "unknown";
}

}  // namespace moyo::server
