"""A real Prometheus and a real Alertmanager, with the files of config/prometheus."""
