#include "app/kept_office.h"

#include <chrono>
#include <filesystem>
#include <utility>

#include "app/plan.h"
#include "app/running_audit.h"
#include "app/vocabulary.h"
#include "desk/account.h"

namespace noroshi {
namespace {

Timestamp wall_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace

std::string guard_folder_of(const Config& config) { return config.serve.state + "/guard"; }

KeptOffice::KeptOffice(const Config& config)
    : folder_(guard_folder_of(config)), keys_(key_file_of(config)) {}

Result<std::unique_ptr<KeptOffice>> KeptOffice::open(const Config& config) {
  std::unique_ptr<KeptOffice> kept(new KeptOffice(config));
  // Cases and requests tell of people: the folder is its owner's alone, whoever made it.
  std::error_code error;
  std::filesystem::create_directories(kept->folder_, error);
  if (!error) std::filesystem::permissions(kept->folder_, std::filesystem::perms::owner_all, error);
  if (error) return failure(ErrorCode::kIo, kept->folder_ + ": " + error.message());
  kept->policy_ = std::make_shared<const Policy>(TRY(policy_in_force(config.guard.policy)));
  kept->subscribers_ = config.subscribers;
  kept->vocabulary_ = read_vocabulary(config, [](const Error&) {});
  kept->audit_ = TRY(Audit::open(audit_config_of(config).audit));
  auto* const self = kept.get();
  kept->office_ = TRY(
      GuardOffice::open(kept->office_config(),
                        {*kept->audit_, [self] { return self->policy(); }, wall_clock,
                         [self](const IpAddress& pseudonym, Timestamp moment) {
                           return self->keys_.address_of(pseudonym, moment);
                         },
                         [self](std::string_view text) { return self->keys_.keyed_hash(text); }}));
  return kept;
}

Status KeptOffice::reload(const Config& config) {
  auto policy = std::make_shared<const Policy>(TRY(policy_in_force(config.guard.policy)));
  {
    const std::lock_guard lock(mutex_);
    policy_ = std::move(policy);
    subscribers_ = config.subscribers;
  }
  keys_.replace(key_file_of(config));
  audit_->set_subscribers(config.subscribers);
  set_vocabulary(read_vocabulary(config, [](const Error&) {}));
  return {};
}

void KeptOffice::set_vocabulary(FilterVocabulary vocabulary) {
  {
    const std::lock_guard lock(mutex_);
    vocabulary_ = std::move(vocabulary);
  }
  office_->replace(office_config());
}

std::shared_ptr<const Policy> KeptOffice::policy() const {
  const std::lock_guard lock(mutex_);
  return policy_;
}

FilingKeeper::Filer KeptOffice::filer(const std::string& account) const {
  return {account, account == account_of(0) || account == owner_account(folder_)};
}

HoldSource KeptOffice::holds() {
  return [this]() -> Result<std::vector<Hold>> {
    std::vector<Hold> holds;
    for (const auto& held : TRY(office_->cases().holds()))
      holds.push_back({held.case_id, held.bounds.from, held.bounds.to});
    return holds;
  };
}

GuardOffice::Config KeptOffice::office_config() const {
  const std::lock_guard lock(mutex_);
  return {folder_, subscribers_, vocabulary_};
}

}  // namespace noroshi
