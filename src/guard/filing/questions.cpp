#include "guard/filing/questions.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <vector>

namespace noroshi {
namespace {

Status too_long() {
  return failure(ErrorCode::kInvalidArgument,
                 fmt::format("longer than {} octets", kMostFilingText));
}

template <std::string Filing::*member>
Status put_text(Filing& filing, const std::string& answer) {
  if (answer.size() > kMostFilingText) return too_long();
  filing.*member = answer;
  return {};
}
template <std::string Filing::*member>
std::string get_text(const Filing& filing) {
  return filing.*member;
}

template <std::optional<Timestamp> Filing::*member>
Status put_moment(Filing& filing, const std::string& answer) {
  filing.*member = std::nullopt;
  if (!answer.empty()) filing.*member = TRY(parse_filing_moment(answer));
  return {};
}
template <std::optional<Timestamp> Filing::*member>
std::string get_moment(const Filing& filing) {
  return filing.*member ? to_rfc3339(*(filing.*member)) : "";
}

template <auto member>
Status put_count(Filing& filing, const std::string& answer) {
  (filing.stop_when.*member).reset();
  if (answer.empty()) return {};
  std::uint32_t number = 0;
  const auto* end = answer.data() + answer.size();
  const auto [rest, error] = std::from_chars(answer.data(), end, number);
  if (error != std::errc() || rest != end || number == 0 ||
      number > static_cast<std::uint32_t>(std::numeric_limits<std::int32_t>::max()))
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("'{}' is not a whole number above 0", answer));
  filing.stop_when.*member = number;
  return {};
}
template <auto member>
std::string get_count(const Filing& filing) {
  const auto& count = filing.stop_when.*member;
  return count ? fmt::format("{}", *count) : "";
}

Status put_criteria(Filing& filing, const std::string& answer) {
  std::vector<std::string> criteria;
  for (std::size_t begin = 0; begin < answer.size();) {
    const auto end = std::min(answer.find('\n', begin), answer.size());
    if (end - begin > kMostFilingText) return too_long();
    if (end > begin) criteria.push_back(answer.substr(begin, end - begin));
    begin = end + 1;
  }
  if (criteria.size() > kMostFilingCriteria)
    return failure(ErrorCode::kInvalidArgument, fmt::format("more than {}", kMostFilingCriteria));
  filing.stop_criteria = std::move(criteria);
  return {};
}
std::string get_criteria(const Filing& filing) {
  std::string text;
  for (const auto& criterion : filing.stop_criteria) text += criterion + '\n';
  return text;
}

Status put_mode(Filing& filing, const std::string& answer) {
  filing.mode = std::nullopt;
  if (!answer.empty()) filing.mode = TRY(parse_filing_mode(answer));
  return {};
}
std::string get_mode(const Filing& filing) {
  return filing.mode ? std::string(name_of(*filing.mode)) : "";
}

const std::vector<FilingQuestion>& questions() {
  using StopWhen = Filing::StopWhen;
  static const std::vector<FilingQuestion> kQuestions{
      {"purpose",
       {"どの目的で収集しますか（ポリシーに定めた目的の名前）",
        "For which purpose is it collected (its name in the policy)?"},
       {"閲覧できる者・項目・保存期間は目的ごとにポリシーで定まるためです",
        "The policy says per purpose who may read what, and for how long."},
       {"c2-detection", "c2-detection"},
       false,
       false,
       put_text<&Filing::purpose>,
       get_text<&Filing::purpose>},
      {"purpose_in_words",
       {"その目的を具体的に書いてください", "Say in words what is to be found or prevented."},
       {"通信の秘密に触れる行為は、目的の正当性が説明できなければなりません",
        "Touching the secrecy of communications needs a purpose that can be justified."},
       {"自社網内の感染端末に指令を出すC&Cサーバを見つけ、DDoS攻撃への加担を防ぐ",
        "Find the servers that command infected devices in our network, before they attack"},
       false,
       false,
       put_text<&Filing::purpose_in_words>,
       get_text<&Filing::purpose_in_words>},
      {"necessity",
       {"なぜ必要ですか。より侵害の小さい方法では足りない理由は何ですか",
        "Why is it necessary, and why would less not do?"},
       {"正当業務行為といえるかは、行為の必要性で判断されます",
        "Necessity decides whether it is a legitimate business act."},
       {"利用者からの申告では攻撃後にしか分からず、ブラックリストは網内の接続先を網羅しない",
        "Complaints come after the attack, and bought lists miss what our lines talk to"},
       false,
       false,
       put_text<&Filing::necessity>,
       get_text<&Filing::necessity>},
      {"means",
       {"どのような手段で行いますか（収集する項目、処理、閲覧する者）",
        "By which means: what is collected, how is it processed, who sees it?"},
       {"手段の相当性を説明するためです。内容（ペイロード）は収集しません",
        "The means must be proportionate. Payload is never collected."},
       {"ルータのNetFlow（1/1000）、加入者アドレスは仮名化、30日で削除、閲覧はSOCの3名",
        "NetFlow of the routers (1:1000), subscribers as pseudonyms, 30 days, three analysts"},
       false,
       false,
       put_text<&Filing::means>,
       get_text<&Filing::means>},
      {"checking",
       {"日常的にどの程度まで確認しますか", "At what level is daily checking done?"},
       {"日常の確認の範囲を超える閲覧には、案件と承認が必要になります",
        "What goes beyond daily checking needs a case and approvals."},
       {"毎朝、判定A・Bのサーバの証拠だけを確認する。個々の回線は見ない",
        "Each morning the evidence of servers in tiers A and B; never single lines"},
       false,
       false,
       put_text<&Filing::checking>,
       get_text<&Filing::checking>},
      {"stop_criteria",
       {"どうなったら中止しますか（歯止め。1行に1つ、空行で終わり）",
        "What ends it? One criterion a line, an empty line ends the list."},
       {"歯止めと基準がなければ始めてはならないためです",
        "Without brakes and criteria it must not start."},
       {"目的外の閲覧が1件でも見つかったとき", "A single read outside the purpose is found"},
       true,
       false,
       put_criteria,
       get_criteria},
      {"responsible",
       {"責任者は誰ですか（ポリシーの [[person]] のアカウント）",
        "Who is responsible (the account of a [[person]] of the policy)?"},
       {"責任者の資格（クリアランス）が切れると収集は自動で止まります",
        "Collection stops by itself when that person's clearance expires."},
       {"hanako", "hanako"},
       false,
       false,
       put_text<&Filing::responsible>,
       get_text<&Filing::responsible>},
      {"mode",
       {"試行ですか運用ですか（trial / operation）", "Is it a trial or operation?"},
       {"試行では観測と判定だけを行い、遮断・通知などの行為はすべて無効です",
        "A trial observes and judges; every act is disabled."},
       {"trial", "trial"},
       false,
       false,
       put_mode,
       get_mode},
      {"from",
       {"いつから始めますか", "From when?"},
       {"届け出た期間の外では収集しません", "Nothing is collected outside the period filed."},
       {"2026-12-01T00:00+09:00", "2026-12-01T00:00+09:00"},
       false,
       false,
       put_moment<&Filing::from>,
       get_moment<&Filing::from>},
      {"until",
       {"いつまで行いますか", "Until when?"},
       {"期限になると収集は自動で止まり、必要性を見直して届け出直すことになります",
        "Then collection stops by itself, and its necessity is to be thought over again."},
       {"2027-04-01T00:00+09:00", "2027-04-01T00:00+09:00"},
       false,
       false,
       put_moment<&Filing::until>,
       get_moment<&Filing::until>},
      {"stop_when.most_reveals_a_day",
       {"24時間に復元される仮名が何件を超えたら止めますか（任意）",
        "Stop when more pseudonyms than this are revealed in 24 hours (optional)?"},
       {"復元の多用は、手段が目的を超えたしるしです",
        "Many reveals are a sign that the means outgrew the purpose."},
       {"20", "20"},
       false,
       true,
       put_count<&StopWhen::most_reveals_a_day>,
       get_count<&StopWhen::most_reveals_a_day>},
      {"stop_when.unused_days",
       {"この目的での閲覧が何日なければ止めますか（任意）",
        "Stop when nobody asked under this purpose for so many days (optional)?"},
       {"使われない収集に必要性はありません", "What nobody uses is not necessary."},
       {"30", "30"},
       false,
       true,
       put_count<&StopWhen::unused_days>,
       get_count<&StopWhen::unused_days>},
      {"stop_when.most_flows_a_second",
       {"毎秒のフローが何件を超えたら止めますか（任意）",
        "Stop when more flows a second than this come in (optional)?"},
       {"届け出た規模を大きく超える収集は、届け出たものとは別の収集です",
        "Far more than was planned is another collection than the one filed."},
       {"500000", "500000"},
       false,
       true,
       put_count<&StopWhen::most_flows_a_second>,
       get_count<&StopWhen::most_flows_a_second>},
  };
  return kQuestions;
}

}  // namespace

std::span<const FilingQuestion> filing_questions() { return questions(); }

}  // namespace noroshi
