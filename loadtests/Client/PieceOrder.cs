namespace Serving.LoadTests.Client;

/// <summary>Follows the numbers of a stream's pieces, and keeps the first disorder.</summary>
internal struct PieceOrder
{
    private int _next;

    public Disorder Disorder { get; private set; }

    /// <summary>Takes the text of one event.</summary>
    public void Take(ReadOnlySpan<byte> text)
    {
        if (!NumberedText.TryRead(text, out var number, out var length) || (number == 0 && text[0] == ' '))
        {
            Found(Disorder.Spoilt);
            return;
        }

        if (number > _next)
            Found(Disorder.Lost);
        else if (number < _next)
            Found(number == _next - 1 ? Disorder.Duplicated : Disorder.Reordered);
        else if (length < text.Length)
            Found(NumberedText.TryRead(text[length..], out _, out _) ? Disorder.Merged : Disorder.Spoilt);
        _next = Math.Max(_next, number + 1);
    }

    /// <summary>Takes the end of a stream that says it is whole.</summary>
    public void End(int pieces)
    {
        if (_next != pieces)
            Found(_next < pieces ? Disorder.Lost : Disorder.Spoilt);
    }

    private void Found(Disorder disorder)
    {
        if (Disorder == Disorder.None)
            Disorder = disorder;
    }
}
