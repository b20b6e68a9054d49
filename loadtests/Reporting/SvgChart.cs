using System.Globalization;
using System.Net;
using System.Text;

namespace Serving.LoadTests.Reporting;

/// <summary>Draws lines over the seconds of a run as SVG. Colours are classes of the page it stands in.</summary>
internal static class SvgChart
{
    private const double Width = 720;
    private const double Height = 220;
    private const double Left = 56;
    private const double Right = 12;
    private const double Top = 10;
    private const double Bottom = 26;
    private const int MostPoints = 360;

    public static string Draw(string title, string unit, double seconds, IReadOnlyList<ChartLine> lines)
    {
        var shown = lines.Select(line => line with { Points = Thin(line.Points) }).ToList();
        var top = NiceTop(shown.SelectMany(line => line.Points).Max(point => point.Y) ?? 0);
        var svg = new StringBuilder();
        svg.Append("<figure><figcaption><b>").Append(WebUtility.HtmlEncode(title)).Append("</b> <span class=\"unit\">").Append(WebUtility.HtmlEncode(unit)).Append("</span>");
        foreach (var line in shown)
            svg.Append("<span class=\"key\"><i class=\"s").Append(line.Style).Append("\"></i>").Append(WebUtility.HtmlEncode(line.Name)).Append("</span>");
        svg.Append("</figcaption><svg viewBox=\"0 0 ").Append(Text(Width)).Append(' ').Append(Text(Height)).Append("\" role=\"img\" aria-label=\"").Append(WebUtility.HtmlEncode(title)).Append("\">");
        for (var step = 0; step <= 4; step++)
        {
            var y = Y(top * step / 4);
            svg.Append("<line class=\"grid\" x1=\"").Append(Text(Left)).Append("\" x2=\"").Append(Text(Width - Right)).Append("\" y1=\"").Append(Text(y)).Append("\" y2=\"").Append(Text(y)).Append("\"/>");
            svg.Append("<text class=\"y\" x=\"").Append(Text(Left - 6)).Append("\" y=\"").Append(Text(y + 4)).Append("\">").Append((top * step / 4).ToString("#,0.##", CultureInfo.InvariantCulture)).Append("</text>");
        }

        var (unitSeconds, name) = seconds > 7200 ? (3600.0, "h") : seconds > 300 ? (60.0, "min") : (1.0, "s");
        for (var step = 0; step <= 6; step++)
        {
            svg.Append("<text class=\"x\" x=\"").Append(Text(X(seconds * step / 6))).Append("\" y=\"").Append(Text(Height - 8)).Append("\">")
                .Append((seconds * step / 6 / unitSeconds).ToString("0.#", CultureInfo.InvariantCulture)).Append(step == 6 ? " " + name : "").Append("</text>");
        }

        foreach (var line in shown)
            svg.Append("<path class=\"line s").Append(line.Style).Append("\" d=\"").Append(Path(line.Points)).Append("\"/>");
        return svg.Append("</svg></figure>\n").ToString();

        double X(double x) => Left + ((Width - Left - Right) * Math.Clamp(x / seconds, 0, 1));

        double Y(double y) => Height - Bottom - ((Height - Top - Bottom) * y / top);

        string Path(IReadOnlyList<(double X, double? Y)> points)
        {
            var path = new StringBuilder();
            var isUp = true;
            foreach (var (x, y) in points)
            {
                if (y is { } value)
                    path.Append(isUp ? 'M' : 'L').Append(Text(X(x))).Append(' ').Append(Text(Y(value)));
                isUp = y is null;
            }

            return path.ToString();
        }
    }

    /// <summary>Takes the largest of neighbours, so that what was worst stays in sight.</summary>
    private static List<(double X, double? Y)> Thin(IReadOnlyList<(double X, double? Y)> points) =>
        [.. points.Chunk(Math.Max(1, (points.Count + MostPoints - 1) / MostPoints)).Select(chunk => (chunk[0].X, chunk.Max(point => point.Y)))];

    /// <summary>1, 2, 4 or 8 times a power of ten at or above: four steps of it are easy to read.</summary>
    private static double NiceTop(double most)
    {
        if (most <= 0)
            return 4;
        var power = Math.Pow(10, Math.Floor(Math.Log10(most)));
        return ((double[])[1, 2, 4, 8, 10]).First(factor => factor * power >= most * 0.9999) * power;
    }

    private static string Text(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}
