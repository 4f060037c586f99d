#include "judge/fuse/reasons.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace noroshi {
namespace {

struct Template {
  std::string_view code;
  std::string_view ja;
  std::string_view en;
};

/// {name} is an argument of the evidence.
constexpr std::array kTemplates = std::to_array<Template>({
    {"regular_intervals", "約{period}間隔で規則正しく通信している（{events}回）",
     "calls at regular intervals of about {period} ({events} times)"},
    {"spectral_line", "通信時刻に約{period}周期の明瞭な線スペクトルがある（{events}回）",
     "the times of its {events} calls show a clear period of about {period}"},
    {"common_line",
     "接続する端末{clients}台の通信時刻を合わせると、約{period}の共通の周期がある（{events}回）",
     "the calls of its {clients} clients, added up, show a common period of about {period} "
     "({events} calls)"},
    {"unanswered_calls", "応答のない相手を{span}にわたり{calls}回呼び続けている（全{all}回中）",
     "keeps calling a server that does not answer: {calls} of {all} calls over {span}"},
    {"failed_and_retried", "接続要求を何度も再送している（{all}回中{calls}回）",
     "repeats its openings again and again: {calls} of {all} connections"},
    {"small_regular_exchanges",
     "小さくよく似た通信を繰り返している（{exchanges}回、上り{up}バイト・下り{down}バイト前後）",
     "repeats small, similar exchanges ({exchanges} times, about {up} bytes up, {down} down)"},
    {"long_quiet_connection", "接続を{span}保ちながら、ほとんど何も送らない（毎秒{rate}バイト）",
     "holds a connection for {span} and says next to nothing ({rate} bytes a second)"},
    {"unregistered_port", "{port}番は一般的なサービスのポートではない",
     "port {port} is not that of a usual service"},
    {"favoured_port", "{port}番（{service}）は、ボットの指令によく使われるポートである",
     "port {port} ({service}) is one that bots' commanders favour"},
    {"speaks_more_than_it_hears",
     "受け取るより多くを送っている（上り{up}バイト・下り{down}バイト）",
     "sends more than it receives ({up} bytes up, {down} down)"},
    {"bulk_transfer", "大量のデータを配信しており、指令よりも内容の配信らしい（下り{bytes}バイト）",
     "moves much data ({bytes} bytes down): content rather than commands"},
    {"client_attacks",
     "このサーバに繰り返し接続する端末が、スキャンまたは攻撃を行っている（{attacks}件）",
     "a host that keeps calling it scans or floods others ({attacks} findings)"},
    {"company_of_attackers",
     "接続する端末{clients}台のうち{attackers}台がスキャンまたは攻撃を行っている（全体では{hosts}"
     "台中{all}台）",
     "{attackers} of the {clients} hosts that call it scan or flood others ({all} of {hosts} in "
     "view)"},
    {"clients_of_suspects",
     "接続する端末{clients}台のうち{marked}台が、疑わしい別のサーバにも接続している（全体では"
     "{hosts}台中{all}台、{lift}倍）",
     "{marked} of the {clients} hosts that call it also call another suspected server ({all} of "
     "{hosts} in view: {lift} times as often)"},
    {"sighted_clients",
     "接続する端末{clients}台のうち{marked}台が、ダークネット等の別の観測で感染端末として"
     "確認されている（全体では{hosts}台中{all}台、{lift}倍）",
     "{marked} of the {clients} hosts that call it were sighted elsewhere as infected ({all} of "
     "{hosts} in view: {lift} times as often)"},
    {"learned_model",
     "学習済みモデル（{model}）の判定では、C&Cである見込みは同種のサーバの{odds}倍である（主な理由:"
     " "
     "{reasons_ja}）",
     "the learned model ({model}) finds it {odds} times as likely to be C&C as a server like any "
     "other (above all: {reasons_en})"},
    {"listed", "脅威情報に掲載されている（{sources}。現時点の確からしさ{worth}%）",
     "listed by {sources}, whose word is worth {worth} % by now"},
    {"same_address", "同じアドレスの{port}番ポートにC&Cの疑いがある",
     "port {port} of the same address looks like C&C"},
    {"known_service_hard", "時刻・名前解決・プッシュ等の公知のサービスである（{service}）",
     "a known service whose regular traffic is its purpose ({service})"},
    {"known_service_soft", "多くの端末が普通に利用するサービスである（{service}）",
     "a usual service that most hosts call ({service})"},
    {"flood_victim", "大量の一方的な通信を受けている攻撃の被害者である（{packets}パケット）",
     "the victim of a one-sided flood ({packets} packets)"},
    {"scan_target", "スキャンの対象の一つにすぎない（{port}番）",
     "only one of the destinations scanned on port {port}"},
    {"inside", "内部のアドレスである", "an address inside the watched network"},
    {"popular", "監視対象の端末の{share}%が利用している", "{share} % of the watched hosts call it"},
    {"peer_to_peer", "端末は多数の相手と任意のポートで通信しており、P2Pとみられる（{peers}件）",
     "the host talks to many peers at arbitrary ports ({peers}): peer-to-peer"},
    // What would change a verdict.
    {"would_second_network", "別のネットワークの感染端末からの通信が確認されれば確度が上がる",
     "infected hosts of other networks calling it would raise this"},
    {"would_indicator", "脅威情報への掲載または能動的な確認により確度が上がる",
     "a feed's listing or an active verification would raise this"},
    {"would_longer", "より長い期間の記録があれば規則性を判定できる",
     "a longer recording would let its timing be judged"},
    {"would_service", "正規のサービスと確認されれば疑いは晴れる",
     "being known as a legitimate service would lift this"},
    // What could not be judged.
    {"too_few_events", "通信回数が少なく、時間的な規則性は判定していない",
     "too few calls to judge their timing"},
    {"too_few_clients_for_a_line", "端末が少なく、共通の周期は判定していない",
     "too few clients to look for a period in common"},
    {"sampling_unknown", "サンプリング率が不明なため、時間的な規則性は判定していない",
     "the sampling rate is unknown, so timing was not judged"},
    {"sampling_too_coarse", "サンプリングが粗く、時間的な規則性は判定できない",
     "sampled too coarsely to judge timing"},
    {"exporter_timeout", "時刻はエクスポータが長い接続を区切った時点であり、証拠としない",
     "its times are where the exporter cut long connections, and count for nothing"},
    {"one_way_view", "片方向の通信しか観測されておらず、無応答かどうかは判定していない",
     "only one direction was exported, so silence was not judged"},
    {"few_clients", "端末が50台未満のため、普及度と感染端末の偏りは判定していない",
     "fewer than 50 hosts in view: prevalence and social evidence were not judged"},
});

const Template& template_of(std::string_view code) {
  const auto* found = std::ranges::find(kTemplates, code, &Template::code);
  CHECK(found != kTemplates.end());
  return *found;
}

enum class Language { kJapanese, kEnglish };

/// A length of time as print_seconds wrote it, "69.4 min", with the unit in Japanese: "69.4分".
std::string in_japanese(std::string value) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kUnits{
      {{" s", "秒"}, {" min", "分"}, {" h", "時間"}}};
  for (const auto& [english, japanese] : kUnits)
    if (value.ends_with(english))
      return value.replace(value.size() - english.size(), english.size(), japanese);
  return value;
}

std::string fill(std::string_view text, const Evidence& evidence, Language language) {
  std::string result;
  while (!text.empty()) {
    const auto open = text.find('{');
    result += text.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = text.find('}', open);
    CHECK(close != std::string_view::npos);
    const auto name = text.substr(open + 1, close - open - 1);
    const auto argument = std::ranges::find(evidence.arguments, name,
                                            &std::pair<std::string_view, std::string>::first);
    CHECK(argument != evidence.arguments.end());
    result += language == Language::kJapanese ? in_japanese(argument->second) : argument->second;
    text.remove_prefix(close + 1);
  }
  return result;
}

}  // namespace

Sentence sentence_of(const Evidence& evidence) {
  const auto& one = template_of(evidence.code);
  return {fill(one.ja, evidence, Language::kJapanese), fill(one.en, evidence, Language::kEnglish)};
}

Sentence sentence_of(std::string_view code) {
  const auto& one = template_of(code);
  return {std::string(one.ja), std::string(one.en)};
}

std::optional<Sentence> sentence_if_known(const Evidence& evidence) {
  const auto* const found = std::ranges::find(kTemplates, evidence.code, &Template::code);
  if (found == kTemplates.end()) return std::nullopt;
  for (auto text : {found->ja, found->en})
    for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{')) {
      const auto close = text.find('}', open);
      const auto name = text.substr(open + 1, close - open - 1);
      if (std::ranges::find(evidence.arguments, name,
                            &std::pair<std::string_view, std::string>::first) ==
          evidence.arguments.end())
        return std::nullopt;
      text.remove_prefix(close + 1);
    }
  return sentence_of(evidence);
}

std::optional<Sentence> sentence_if_known(std::string_view code) {
  return sentence_if_known(Evidence{.code = code});
}

}  // namespace noroshi
