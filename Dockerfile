# The mock as an image. docs/docker.md says how to use it; BASE may be any image with Python 3.11 or newer and pip.
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY mock_odus mock_odus
COPY scenarios scenarios
# pip compiles what it installs; the user below may not write, so whatever is not compiled here never will be. Made-up
# customers are of en_US: the other languages of Faker are half of all that would be installed.
RUN python -m pip wheel --disable-pip-version-check --no-cache-dir --no-deps --wheel-dir /wheel . \
    && python -m venv --without-pip /opt/mock-odus \
    && python -m pip --python /opt/mock-odus/bin/python install --disable-pip-version-check --no-cache-dir /wheel/*.whl \
    && find /opt/mock-odus -path '*/faker/providers/*' -type d -name '??_*' ! -name 'en_*' -prune -exec rm -r {} +

FROM ${BASE}
LABEL org.opencontainers.image.title="mock-odus" \
      org.opencontainers.image.description="A local mock of Odus, the payment-orchestration and subscription API" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/mock-odus /opt/mock-odus
ENV PATH=/opt/mock-odus/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    MOCK_ODUS_HOST=0.0.0.0 \
    MOCK_ODUS_SCENARIOS=/scenarios
WORKDIR /scenarios
USER 10001:10001
EXPOSE 4010
# Healthy as soon as it serves: asked often at first, which every engine can be told, unlike a start interval. Once the
# mock is five seconds old the probe stays for three more before it is back, so little is spent on a mock that runs well.
# http.client rather than urllib: it is imported in half the time.
HEALTHCHECK --interval=200ms --timeout=10s --start-period=30s --retries=3 CMD ["python", "-IS", "-c", "\
import http.client, json, os, time; \
line = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('MOCK_ODUS_PORT', 4010)), timeout=2); \
line.request('GET', '/_mock/health'); \
health = json.load(line.getresponse()); \
line.close(); \
time.sleep(3 if health['uptimeSeconds'] > 5 else 0); \
raise SystemExit(health['status'] != 'ok')"]
ENTRYPOINT ["mock-odus"]
CMD ["serve"]
