#include "judge/classifier/feature_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace noroshi {
namespace {

/// How a feature's number is read.
enum class Form : std::uint8_t {
  kPlain,
  kShare,      ///< per cent
  kLogarithm,  ///< ln(1 + n)
  kYesOrNo,
  kSampling,  ///< ln N of 1:N
};

struct Words {
  ServerFeature feature;
  std::string_view ja;
  std::string_view en;
  Form form;
};

constexpr std::array<Words, kServerFeatureCount> kWords{{
    {ServerFeature::kClients, "接続する端末の数", "clients", Form::kLogarithm},
    {ServerFeature::kPrevalence, "全端末に占める利用の割合", "share of all hosts that call it",
     Form::kShare},
    {ServerFeature::kAttackersLow, "接続する端末のうち攻撃しているものの割合（下限）",
     "share of its clients that attack, at least", Form::kShare},
    {ServerFeature::kAttackersLift, "その割合の、全端末に対する倍率",
     "that share against all hosts, times", Form::kLogarithm},
    {ServerFeature::kSightedLift, "別の観測で感染が確認された端末の、全端末に対する倍率",
     "clients sighted as infected, times as many as among all hosts", Form::kLogarithm},
    {ServerFeature::kListed, "脅威情報の確からしさ", "worth of sources that list it", Form::kPlain},
    {ServerFeature::kTiming, "一端末の通信の規則性（対数尤度比）",
     "regularity of one client (log-likelihood ratio)", Form::kPlain},
    {ServerFeature::kCommonLine, "端末全体に共通する周期（誤検出の桁）",
     "a period common to its clients (decades of false alarm)", Form::kPlain},
    {ServerFeature::kAnswered, "応答した接続の割合", "share of connections it accepted",
     Form::kShare},
    {ServerFeature::kUnansweredSpan, "応答がないまま呼び続けた時間", "hours it was called in vain",
     Form::kPlain},
    {ServerFeature::kRetried, "接続要求を再送した割合", "share of openings sent again and again",
     Form::kShare},
    {ServerFeature::kConnectionsPerClient, "一端末あたりの接続回数", "connections of each client",
     Form::kLogarithm},
    {ServerFeature::kPacketsPerConnection, "一接続あたりのパケット数",
     "packets of each connection, as sampled", Form::kLogarithm},
    {ServerFeature::kBytesPerPacketUp, "上りパケットの平均長（バイト）", "bytes of a packet up",
     Form::kPlain},
    {ServerFeature::kBytesPerPacketDown, "下りパケットの平均長（バイト）", "bytes of a packet down",
     Form::kPlain},
    {ServerFeature::kUpShare, "上りの割合", "share of octets that go up", Form::kShare},
    {ServerFeature::kSizeLikeness, "通信量の似かた", "likeness of its exchanges in size",
     Form::kShare},
    {ServerFeature::kLongest, "最長の接続（分）", "minutes of the longest connection",
     Form::kLogarithm},
    {ServerFeature::kQuietRate, "最長の接続の毎秒バイト数",
     "bytes a second of the longest connection", Form::kLogarithm},
    {ServerFeature::kHoursActive, "通信のあった時間数", "active hours", Form::kPlain},
    {ServerFeature::kMinutesActive, "一時間のうち通信のあった分数", "active minutes of an hour",
     Form::kPlain},
    {ServerFeature::kSimultaneous, "端末が同時に通信する割合（偶然を除く）",
     "minutes that clients have in common, beyond chance", Form::kShare},
    {ServerFeature::kPortWellKnown, "1024番未満のポート", "a port below 1024", Form::kYesOrNo},
    {ServerFeature::kPortFavoured, "TelnetまたはIRCのポート", "a port of Telnet or IRC",
     Form::kYesOrNo},
    {ServerFeature::kServiceWeight, "公知のサービスか（0: 否、1: 一般、2: 公知）",
     "a known service (0 no, 1 usual, 2 certain)", Form::kPlain},
    {ServerFeature::kOverTcp, "TCPである", "over TCP", Form::kYesOrNo},
    {ServerFeature::kPeerClients, "P2Pとみられる端末の割合",
     "share of its clients that look like peers", Form::kShare},
    {ServerFeature::kSampling, "サンプリング率", "sampling", Form::kSampling},
    {ServerFeature::kSocialEvidence, "端末の素性についての証拠（対数尤度比）",
     "evidence of the company it keeps (log-likelihood ratio)", Form::kPlain},
    {ServerFeature::kBehaviourEvidence, "振る舞いについての証拠（対数尤度比）",
     "evidence of behaviour (log-likelihood ratio)", Form::kPlain},
    {ServerFeature::kWeighed, "証拠全体の重み（対数オッズ）", "all evidence as weighed (log-odds)",
     Form::kPlain},
}};

const Words& entry_of(ServerFeature feature) { return kWords[static_cast<std::size_t>(feature)]; }

/// At most two decimals, and none that are zero.
std::string plain(double value) {
  auto text = fmt::format("{:.2f}", value);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace

Bilingual words_of(ServerFeature feature) {
  const auto& words = entry_of(feature);
  return {std::string(words.ja), std::string(words.en)};
}

Bilingual value_in_words(ServerFeature feature, float value) {
  if (std::isnan(value)) return {"判定なし", "not judged"};
  const auto both = [](const std::string& text) { return Bilingual{text, text}; };
  switch (entry_of(feature).form) {
    case Form::kPlain:
      return both(plain(value));
    case Form::kShare:
      return both(fmt::format("{} %", plain(100.0 * value)));
    case Form::kLogarithm:
      return both(plain(std::expm1(static_cast<double>(value))));
    case Form::kYesOrNo:
      return value > 0 ? Bilingual{"はい", "yes"} : Bilingual{"いいえ", "no"};
    case Form::kSampling:
      return both(fmt::format("1:{:.0f}", std::exp(static_cast<double>(value))));
  }
  return {};
}

std::vector<Reason> reasons_of(const ServerFeatures& features,
                               const Booster::Contributions& contributions, std::size_t most) {
  constexpr float kLeast = 0.05F;
  std::vector<Reason> reasons;
  for (std::size_t index = 0; index < kServerFeatureCount; ++index)
    if (std::abs(contributions[index]) >= kLeast)
      reasons.push_back({static_cast<ServerFeature>(index), features[index], contributions[index]});
  std::ranges::stable_sort(reasons, std::ranges::greater{},
                           [](const Reason& one) { return std::abs(one.contribution); });
  if (reasons.size() > most) reasons.resize(most);
  return reasons;
}

Bilingual reasons_in_words(const std::vector<Reason>& reasons) {
  Bilingual text;
  for (const auto& reason : reasons) {
    if (reason.contribution <= 0) continue;
    const auto words = words_of(reason.feature);
    const auto value = value_in_words(reason.feature, reason.value);
    text.ja += fmt::format("{}{} {}", text.ja.empty() ? "" : "、", words.ja, value.ja);
    text.en += fmt::format("{}{} {}", text.en.empty() ? "" : "; ", words.en, value.en);
  }
  if (text.ja.empty()) return {"特になし", "nothing of note"};
  return text;
}

}  // namespace noroshi
