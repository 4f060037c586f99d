#include "guard/audit/kinds.h"

#include <algorithm>

namespace noroshi {
namespace {

constexpr AuditKind kKinds[] = {
    {"began", "a new chain was begun after a broken one", "破損した連鎖の後に新しい連鎖を開始"},
    {"opened", "the guard was opened", "番人を起動"},
    {"closed", "the guard was closed", "番人を停止"},
    {"configured", "the configuration was read again", "設定を再読み込み"},
    {"recovered", "an unfinished line was cut off after a crash",
     "異常終了で残った書きかけの行を除去"},
    {"timestamp", "a time stamp of the chain's head", "連鎖の先頭に対するタイムスタンプ"},
    {"filed", "a filing was made or changed", "届出（目的・必要性・手段等）を登録または変更"},
    {"stopped", "collection was stopped by the guard", "番人が収集を停止"},
    {"policy", "a policy took effect", "ポリシーを適用"},
    {"read", "a read was permitted", "閲覧を許可"},
    {"answered", "what a permitted read brought", "許可した閲覧の結果"},
    {"refused", "a read or an act was refused", "閲覧または操作を拒否"},
    {"export", "data left", "データを持ち出し"},
    {"case", "a case was opened, changed or closed", "案件を開始・変更・終了"},
    {"reveal-asked", "a reveal was asked for", "仮名の復元を申請"},
    {"approved", "a request was approved", "申請を承認"},
    {"rejected", "a request was rejected", "申請を却下"},
    {"revealed", "a pseudonym was revealed", "仮名を復元"},
    {"held", "data was kept from deletion, or released", "削除の保留または保留の解除"},
    {"deleted", "data was deleted", "データを削除"},
    {"rewritten", "pseudonyms were put in the place of addresses",
     "保存済みのアドレスを仮名に置換"},
    {"key", "a key was made, rotated or removed", "鍵を作成・更新・廃棄"},
    {"report", "a report was made", "報告書を作成"},
    {"verdict", "the list of C&C servers was judged, read or changed",
     "C&Cサーバの一覧を判定・閲覧・変更"},
    {"overseen", "the audit, or what is kept and deleted, was looked at",
     "監査記録または保存・削除の状況を閲覧"},
};

}  // namespace

std::span<const AuditKind> audit_kinds() { return kKinds; }

const AuditKind* find_audit_kind(std::string_view word) {
  const auto* const found = std::ranges::find(kKinds, word, &AuditKind::word);
  return found == std::end(kKinds) ? nullptr : found;
}

}  // namespace noroshi
