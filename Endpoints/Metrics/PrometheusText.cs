using System.Buffers;
using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;

namespace Serving.Endpoints.Metrics;

/// <summary>
/// Text for Prometheus, version 0.0.4, or OpenMetrics 1.0, which has units, exemplars and an end. Bounds of buckets have a decimal point in both, so that a
/// series is the same whichever was asked for.
/// </summary>
internal sealed class PrometheusText(bool openMetrics)
{
    private readonly ArrayBufferWriter<byte> _text = new(64 * 1024);

    public ReadOnlyMemory<byte> Written => _text.WrittenMemory;

    /// <summary>A name with underscores for all that may not be in one.</summary>
    public static string NameOf(string name)
    {
        var letters = name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_' ? letter : '_').ToArray();
        return letters.Length == 0 || char.IsAsciiDigit(letters[0]) ? "_" + new string(letters) : new string(letters);
    }

    public void Head(MetricFamily family)
    {
        var name = openMetrics ? family.Name : family.SampleName;
        Add("# HELP ").Add(name).Add(" ").Escaped(family.Metric.Description, quotes: openMetrics).Add("\n");
        Add("# TYPE ").Add(name).Add(" ").Add(family.Type).Add("\n");
        if (openMetrics && family.Unit is not null)
            Add("# UNIT ").Add(name).Add(" ").Add(family.Unit).Add("\n");
    }

    public void Sample(MetricFamily family, in MetricPoint point, long value)
    {
        Series(family.SampleName, point, null).Add(value);
        if (family.Type == "counter")
            Exemplar(Latest(point, static _ => true), static exemplar => exemplar.LongValue);
        Add("\n");
    }

    public void Sample(MetricFamily family, in MetricPoint point, double value)
    {
        Series(family.SampleName, point, null).Add(value);
        if (family.Type == "counter")
            Exemplar(Latest(point, static _ => true), static exemplar => exemplar.DoubleValue);
        Add("\n");
    }

    public void Histogram(MetricFamily family, in MetricPoint point)
    {
        var count = 0L;
        var below = double.NegativeInfinity;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            count += bucket.BucketCount;
            var (from, to) = (below, bucket.ExplicitBound);
            Series(family.Name + "_bucket", point, to).Add(count);
            Exemplar(Latest(point, exemplar => exemplar.DoubleValue > from && exemplar.DoubleValue <= to), static exemplar => exemplar.DoubleValue);
            Add("\n");
            below = to;
        }

        Series(family.Name + "_sum", point, null).Add(point.GetHistogramSum()).Add("\n");
        Series(family.Name + "_count", point, null).Add(count).Add("\n");
    }

    public void End()
    {
        if (openMetrics)
            Add("# EOF\n");
    }

    private Exemplar? Latest(in MetricPoint point, Predicate<Exemplar> fits)
    {
        Exemplar? latest = null;
        if (!openMetrics || !point.TryGetExemplars(out var exemplars))
            return latest;
        foreach (ref readonly var exemplar in exemplars)
        {
            if (exemplar.TraceId != default && fits(exemplar) && (latest is not { } other || other.Timestamp < exemplar.Timestamp))
                latest = exemplar;
        }

        return latest;
    }

    private void Exemplar(Exemplar? found, Func<Exemplar, double> valueOf)
    {
        if (found is not { } exemplar)
            return;
        Add(" # {trace_id=\"").Add(exemplar.TraceId.ToHexString()).Add("\",span_id=\"").Add(exemplar.SpanId.ToHexString()).Add("\"} ");
        Add(valueOf(exemplar)).Add(" ").Add(exemplar.Timestamp.ToUnixTimeMilliseconds() / 1000.0);
    }

    /// <summary>Name and labels, up to the value.</summary>
    private PrometheusText Series(string name, in MetricPoint point, double? bound)
    {
        Add(name);
        var isFirst = true;
        foreach (var (key, value) in point.Tags)
        {
            Label(NameOf(key), ref isFirst).Escaped(TextOf(value), quotes: true).Add("\"");
        }

        if (bound is { } le)
        {
            Label("le", ref isFirst);
            var text = le.ToString(CultureInfo.InvariantCulture);
            Add(double.IsPositiveInfinity(le) ? "+Inf" : text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text).Add("\"");
        }

        return Add(isFirst ? " " : "} ");
    }

    private PrometheusText Label(string name, ref bool isFirst)
    {
        Add(isFirst ? "{" : ",").Add(name).Add("=\"");
        isFirst = false;
        return this;
    }

    private static string TextOf(object? value) => value switch
    {
        bool yes => yes ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "",
    };

    private PrometheusText Escaped(string text, bool quotes)
    {
        foreach (var part in text.AsSpan().EnumerateRunes())
        {
            switch (part.Value)
            {
                case '\\':
                    Add("\\\\");
                    break;
                case '\n':
                    Add("\\n");
                    break;
                case '"' when quotes:
                    Add("\\\"");
                    break;
                default:
                    _text.Advance(part.EncodeToUtf8(_text.GetSpan(4)));
                    break;
            }
        }

        return this;
    }

    private PrometheusText Add(string text)
    {
        _text.Advance(Encoding.UTF8.GetBytes(text, _text.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
        return this;
    }

    private PrometheusText Add(long value)
    {
        value.TryFormat(_text.GetSpan(20), out var written, default, CultureInfo.InvariantCulture);
        _text.Advance(written);
        return this;
    }

    private PrometheusText Add(double value)
    {
        if (!double.IsFinite(value))
            return Add(double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf");
        value.TryFormat(_text.GetSpan(32), out var written, default, CultureInfo.InvariantCulture);
        _text.Advance(written);
        return this;
    }
}
