using System.Diagnostics.Metrics;
using Serving.Providers.Telemetry;

namespace Serving.Providers.Tests.Telemetry;

/// <summary>What the meters of one scope tell, a line for each measurement: <c>name=value tag=value</c>, tags in order.</summary>
internal sealed class Recording : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<string> _lines = [];
    private readonly List<Instrument> _instruments = [];

    public Recording(object scope)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name != ProviderMetrics.MeterName || instrument.Meter.Scope != scope)
                return;
            _instruments.Add(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public IReadOnlyList<Instrument> Instruments => _instruments;

    /// <summary>What was told since the last call, observable instruments last.</summary>
    public IReadOnlyList<string> Take()
    {
        _listener.RecordObservableInstruments();
        string[] lines = [.. _lines];
        _lines.Clear();
        return lines;
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, IFormattable value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var words = tags.ToArray().Select(tag => $" {tag.Key}={tag.Value}").Order(StringComparer.Ordinal);
        _lines.Add($"{instrument.Name}={value.ToString(null, System.Globalization.CultureInfo.InvariantCulture)}{string.Concat(words)}");
    }
}
