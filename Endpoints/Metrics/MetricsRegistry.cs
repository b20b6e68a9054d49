using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Serving.Endpoints.Metrics;

/// <summary>All metrics of a host, collected when somebody asks. Thread-safe.</summary>
internal sealed class MetricsRegistry : IDisposable
{
    private readonly Lock _collecting = new();
    private readonly PrometheusExporter _exporter = new();
    private readonly BaseExportingMetricReader _reader;
    private readonly MeterProvider _provider;

    public MetricsRegistry(IMeterFactory meters, IOptions<MetricsOptions> options)
    {
        _reader = new BaseExportingMetricReader(_exporter);
        var builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService("serving", serviceVersion: ServingMetrics.Version).AddEnvironmentVariableDetector())
            .AddMeter([ServingMetrics.MeterName, .. MetricViews.BuiltIn, .. options.Value.Meters])
            .AddView(instrument => MetricViews.Of(instrument, meters))
            .SetExemplarFilter(ExemplarFilterType.TraceBased)
            .AddReader(_reader);
        options.Value.Configure?.Invoke(builder);
        _provider = builder.Build();
    }

    /// <summary>The metrics as they are now, as text.</summary>
    public ReadOnlyMemory<byte> Collect(bool openMetrics)
    {
        lock (_collecting)
        {
            var text = new PrometheusText(openMetrics);
            _exporter.Text = text;
            _reader.Collect();
            text.End();
            return text.Written;
        }
    }

    public void Dispose() => _provider.Dispose();
}
