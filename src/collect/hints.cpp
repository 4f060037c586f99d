#include "collect/hints.h"

#include <fmt/format.h>

#include <cmath>

namespace noroshi {
namespace {

constexpr std::chrono::minutes kRecent{10};
constexpr double kTolerableSkew = 5'000;   // ms; delivery and whole seconds stay well below
constexpr double kTolerableLoss = 0.001;   // of what was exported
constexpr double kTolerableResets = 0.01;  // of the datagrams
constexpr std::uint64_t kFewResets = 10;   // exporters do restart

double share(std::uint64_t part, std::uint64_t rest) {
  const auto whole = static_cast<double>(part) + static_cast<double>(rest);
  return whole > 0 ? static_cast<double>(part) / whole : 0;
}

/// What was lost, of what was sent: records where sequence numbers count those, else datagrams.
double loss(const ExporterCounters& counters) {
  const auto& decode = counters.decode;
  return std::max(share(decode.lost_records, decode.records + decode.option_records),
                  share(decode.lost_datagrams, counters.datagrams));
}

class Hints {
 public:
  void add(std::string_view code, std::string english, std::string japanese) {
    hints_.push_back({code, std::move(english), std::move(japanese)});
  }
  std::vector<Hint> take() { return std::move(hints_); }

 private:
  std::vector<Hint> hints_;
};

void of_policy(const ExporterReport& exporter, Hints& hints) {
  const auto& counters = exporter.counters;
  if (!exporter.allowed && exporter.stranger)
    hints.add("exporter_unknown",
              fmt::format("refused: no rule names {0}. If it is yours, add an [[exporter]] with "
                          "addresses = [\"{0}\"]",
                          exporter.address.to_string()),
              fmt::format("拒否しました。{0} に当てはまる規則がありません。自網の機器であれば "
                          "[[exporter]] に addresses = [\"{0}\"] を追加してください",
                          exporter.address.to_string()));
  if (counters.over_rate > 0)
    hints.add("over_rate",
              fmt::format("{} datagrams were above its rate cap and were dropped: raise rate_cap, "
                          "or find out why it sends so many",
                          counters.over_rate),
              fmt::format("上限を超えた {} 個のデータグラムを破棄しました。rate_cap "
                          "を上げるか、送信が多い理由を調べてください",
                          counters.over_rate));
}

void of_content(const ExporterReport& exporter, Timestamp now, Hints& hints) {
  const auto& counters = exporter.counters;
  const auto& decode = counters.decode;
  if (now - exporter.last_unknown_template < kRecent)
    hints.add(
        "template_missing",
        "data came for which no template has been announced, and was lost: set the template "
        "refresh of the exporter to 60 seconds or 20 packets",
        "テンプレートが届いていないデータを受信し、失われました。送信元のテンプレート再送間隔を "
        "60 秒または 20 パケットに設定してください");
  if (const auto strange = exporter.datagrams_by_kind[0]; strange > 0)
    hints.add(
        "not_an_export",
        fmt::format("{} datagrams are no NetFlow v5, v9, IPFIX or sFlow v5: check what this "
                    "host sends here",
                    strange),
        fmt::format("{} 個のデータグラムは NetFlow v5、v9、IPFIX、sFlow v5 のいずれでもありません。"
                    "この機器が何を送信しているか確認してください",
                    strange));
  if (decode.sequence_resets > kFewResets &&
      share(decode.sequence_resets, counters.datagrams) > kTolerableResets)
    hints.add("sessions_mixed",
              "its sequence numbers jump back and forth: several exporters behind one address? Set "
              "port_in_key = true for it, or give each its own address or observation domain",
              "シーケンス番号が前後に飛んでいます。一つのアドレスの背後に複数の送信元がある場合は "
              "port_in_key = true を設定するか、アドレスまたは観測ドメインを分けてください");
  if (counters.unknown_sampling_flows > 0)
    hints.add("sampling_unknown",
              fmt::format("{} flows came without a sampling rate, so real traffic cannot be "
                          "estimated: have the exporter announce it, or set sampling = N for it (1 "
                          "if it looks at every packet)",
                          counters.unknown_sampling_flows),
              fmt::format(
                  "{} 件のフローにサンプリングレートがなく、実際の通信量を推定できません。"
                  "送信元で通知を有効にするか、sampling = N（全パケットなら 1）を設定してください",
                  counters.unknown_sampling_flows));
  if (exporter.provisional_templates > 0)
    hints.add(
        "templates_provisional",
        fmt::format("{} of {} templates are from before a restart and not yet repeated by the "
                    "exporter: a shorter template refresh would confirm them sooner",
                    exporter.provisional_templates, exporter.templates),
        fmt::format(
            "テンプレート {1} 件中 {0} "
            "件は再起動前のもので、まだ再送されていません。再送間隔を短くすると早く確認できます",
            exporter.provisional_templates, exporter.templates));
}

void of_delivery(const ExporterReport& exporter, Timestamp now, Hints& hints) {
  if (now - exporter.last_loss < kRecent && loss(exporter.counters) > kTolerableLoss)
    hints.add(
        "loss",
        fmt::format("{:.2f} % of its export was lost on the way: if the kernel drops nothing "
                    "here, look at the path and at the exporter's own drop counters",
                    loss(exporter.counters) * 100),
        fmt::format("エクスポートの {:.2f} % が途中で失われました。カーネルでの破棄がなければ、"
                    "経路と送信元の破棄カウンタを確認してください",
                    loss(exporter.counters) * 100));
  const auto skew = exporter.clock_skew.smoothed;
  if (exporter.clock_skew.known && std::abs(skew) > kTolerableSkew)
    hints.add("clock_skew",
              fmt::format("its clock is {:.0f} s {} ours: let both follow NTP",
                          std::abs(skew) / 1000, skew > 0 ? "ahead of" : "behind"),
              fmt::format("時計がこちらより {:.0f} 秒{}います。双方を NTP で同期してください",
                          std::abs(skew) / 1000, skew > 0 ? "進んで" : "遅れて"));
  if (now - exporter.last_seen > kRecent)
    hints.add(
        "silent",
        fmt::format("nothing came for {} minutes: is it up, and its export configured?",
                    std::chrono::floor<std::chrono::minutes>(now - exporter.last_seen).count()),
        fmt::format("{} 分間受信がありません。稼働状態とエクスポート設定を確認してください",
                    std::chrono::floor<std::chrono::minutes>(now - exporter.last_seen).count()));
}

}  // namespace

std::vector<Hint> hints(const ExporterReport& exporter, Timestamp now) {
  Hints hints;
  of_policy(exporter, hints);
  of_content(exporter, now, hints);
  of_delivery(exporter, now, hints);
  return hints.take();
}

std::vector<Hint> hints(const SocketReport& socket) {
  Hints hints;
  const bool capped = socket.receive_buffer < socket.receive_buffer_asked;
  if (socket.kernel_drops > 0)
    hints.add(
        "kernel_drops",
        fmt::format("the kernel dropped {} datagrams because the receive buffer was full: "
                    "{}or use more workers",
                    socket.kernel_drops,
                    capped ? "raise net.core.rmem_max " : "raise receive_buffer_mib "),
        fmt::format("受信バッファが一杯になり、カーネルが {} 個のデータグラムを破棄しました。{} "
                    "を大きくするか、workers を増やしてください",
                    socket.kernel_drops, capped ? "net.core.rmem_max" : "receive_buffer_mib"));
  if (capped)
    hints.add("receive_buffer_capped",
              fmt::format("the receive buffer is {} KiB instead of {} KiB: sysctl -w "
                          "net.core.rmem_max={}, or give the process CAP_NET_ADMIN",
                          socket.receive_buffer / 1024, socket.receive_buffer_asked / 1024,
                          socket.receive_buffer_asked),
              fmt::format("受信バッファは {1} KiB の指定に対し {0} KiB です。sysctl -w "
                          "net.core.rmem_max={2} を実行するか、CAP_NET_ADMIN を与えてください",
                          socket.receive_buffer / 1024, socket.receive_buffer_asked / 1024,
                          socket.receive_buffer_asked));
  return hints.take();
}

}  // namespace noroshi
