# The host, and the provider simulator as a target of its own. docs/image.md says how they are built and run.
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled

# Compiles on the machine's own platform, for the one asked for.
FROM --platform=$BUILDPLATFORM $SDK_IMAGE AS restored
ARG TARGETARCH
ENV CI=true DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY Runtime/Serving.Runtime.csproj Runtime/packages.lock.json Runtime/
COPY Providers/Serving.Providers.csproj Providers/packages.lock.json Providers/
COPY Endpoints/Serving.Endpoints.csproj Endpoints/packages.lock.json Endpoints/
COPY Host/Serving.Host.csproj Host/packages.lock.json Host/
RUN dotnet restore Host --locked-mode -p:PublishRuntime=linux-$(echo ${TARGETARCH:-amd64} | sed s/amd64/x64/)

FROM restored AS published
ARG TARGETARCH
ARG VERSION=0.0.0-local
ARG REVISION=unknown
COPY .editorconfig BannedSymbols.txt ./
COPY Runtime Runtime
COPY Providers Providers
COPY Endpoints Endpoints
COPY Host Host
RUN dotnet publish Host --no-restore --configuration Release --output /app \
      -p:PublishRuntime=linux-$(echo ${TARGETARCH:-amd64} | sed s/amd64/x64/) -p:Version=$VERSION -p:SourceRevisionId=$REVISION

FROM --platform=$BUILDPLATFORM $SDK_IMAGE AS simulator-published
ENV CI=true DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY loadtests/Simulator/Serving.Simulator.csproj loadtests/Simulator/packages.lock.json loadtests/Simulator/
RUN dotnet restore loadtests/Simulator --locked-mode
COPY .editorconfig BannedSymbols.txt ./
COPY loadtests/Simulator loadtests/Simulator
RUN dotnet publish loadtests/Simulator --no-restore --configuration Release --output /app -p:UseAppHost=false

FROM $RUNTIME_IMAGE AS simulator
WORKDIR /app
COPY --from=simulator-published /app .
ENV ASPNETCORE_HTTP_PORTS= DOTNET_EnableDiagnostics=0
USER 1000:1000
EXPOSE 8089
ENTRYPOINT ["dotnet", "Serving.Simulator.dll"]
CMD ["--urls", "http://0.0.0.0:8089"]

# The last stage is what is built without a target. Nothing runs in it, so its base needs no shell.
FROM $RUNTIME_IMAGE AS serving
WORKDIR /app
COPY --from=published /app .
# Commands without a path; PORT decides, not the base image; no socket for debuggers, so that nothing is written.
ENV PATH=/app:$PATH ASPNETCORE_HTTP_PORTS= DOTNET_EnableDiagnostics=0
USER 1000:1000
EXPOSE 8080 9090
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD ["/app/serving", "health"]
ENTRYPOINT ["/app/serving"]
ARG VERSION=0.0.0-local
ARG REVISION=unknown
ARG CREATED=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="Serving" \
      org.opencontainers.image.description="Hosts LLM chains over HTTP" \
      org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.revision=$REVISION \
      org.opencontainers.image.created=$CREATED \
      org.opencontainers.image.source=$SOURCE
