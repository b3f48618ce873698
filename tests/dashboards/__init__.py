"""The dashboards in config/grafana, held against a real Prometheus with real figures."""
