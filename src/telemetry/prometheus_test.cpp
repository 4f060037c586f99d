#include "telemetry/prometheus.h"

#include <gtest/gtest.h>

namespace noroshi {
namespace {

TEST(PrometheusText, SaysHelpAndTypeOnceForAllSamplesOfAMetric) {
  PrometheusText text;
  text.counter("noroshi_flows_total", "Flows decoded.", 3, {{"exporter", "192.0.2.1"}});
  text.counter("noroshi_flows_total", "Flows decoded.", 4, {{"exporter", "192.0.2.2"}});
  text.gauge("noroshi_up", "Whether it runs.", 1);
  EXPECT_EQ(text.text(),
            "# HELP noroshi_flows_total Flows decoded.\n"
            "# TYPE noroshi_flows_total counter\n"
            "noroshi_flows_total{exporter=\"192.0.2.1\"} 3\n"
            "noroshi_flows_total{exporter=\"192.0.2.2\"} 4\n"
            "# HELP noroshi_up Whether it runs.\n"
            "# TYPE noroshi_up gauge\n"
            "noroshi_up 1\n");
}

TEST(PrometheusText, EscapesLabelValuesThatOutsidersChoose) {
  PrometheusText text;
  text.gauge("a", "b", 0.5, {{"name", "x\"} 9\ny\\"}, {"port", "1"}});
  EXPECT_EQ(text.text(),
            "# HELP a b\n# TYPE a gauge\na{name=\"x\\\"} 9\\ny\\\\\",port=\"1\"} 0.5\n");
}

}  // namespace
}  // namespace noroshi
