using System.Globalization;
using Serving.Runtime.Errors;

namespace Serving.Host.Chains;

/// <summary>
/// Works out sums: decimal numbers, + - * / and parentheses. Exact where decimals are. It reads the text itself and runs nothing of it.
/// </summary>
internal sealed class Calculator
{
    /// <summary>The longest expression taken, in characters; it also bounds how deep parentheses nest.</summary>
    public const int MaxLength = 200;

    private readonly string _text;
    private int _at;

    private Calculator(string text) => _text = text;

    /// <summary>The value of an expression, without needless zeros.</summary>
    /// <exception cref="InvalidInputException">It is none, divides by zero, or its value is too large.</exception>
    public static string Evaluate(string expression)
    {
        if (expression.Length > MaxLength)
            throw new InvalidInputException($"The expression has {expression.Length} characters; the limit is {MaxLength}. Send a shorter one.");
        var calculator = new Calculator(expression);
        try
        {
            var value = calculator.Sum();
            if (calculator.Peek() != '\0')
                throw calculator.Unexpected();
            return value.ToString("0.############################", CultureInfo.InvariantCulture);
        }
        catch (DivideByZeroException)
        {
            throw new InvalidInputException("The expression divides by zero. Send one that does not.");
        }
        catch (OverflowException)
        {
            throw new InvalidInputException("The value is too large, beyond 28 digits. Send an expression of smaller numbers.");
        }
    }

    private decimal Sum()
    {
        var value = Product();
        while (true)
        {
            if (Take('+'))
                value += Product();
            else if (Take('-'))
                value -= Product();
            else
                return value;
        }
    }

    private decimal Product()
    {
        var value = Factor();
        while (true)
        {
            if (Take('*'))
                value *= Factor();
            else if (Take('/'))
                value /= Factor();
            else
                return value;
        }
    }

    private decimal Factor()
    {
        if (Take('-'))
            return -Factor();
        if (!Take('('))
            return Number();
        var value = Sum();
        return Take(')') ? value : throw Unexpected();
    }

    private decimal Number()
    {
        Peek();
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || _text[_at] == '.'))
            _at++;
        var digits = _text.AsSpan(start, _at - start);
        if (decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return number;
        if (digits.Length > 0 && digits.Count('.') <= 1 && digits.ContainsAnyInRange('0', '9'))
            throw new OverflowException();
        _at = start;
        throw Unexpected();
    }

    private bool Take(char sign)
    {
        if (Peek() != sign)
            return false;
        _at++;
        return true;
    }

    /// <summary>The next character that is not white space; zero at the end.</summary>
    private char Peek()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            _at++;
        return _at < _text.Length ? _text[_at] : '\0';
    }

    private InvalidInputException Unexpected() => new(Peek() == '\0'
        ? "The expression ends too early. Send numbers, + - * / and closed parentheses."
        : $"The expression has '{Peek()}' at position {_at + 1}, where it does not belong. Send numbers, + - * / and closed parentheses.");
}
