using Serving.Host.Chains;
using Serving.Runtime.Errors;

namespace Serving.Host.Tests.Chains;

public sealed class CalculatorTests
{
    [Theory]
    [InlineData("42", "42")]
    [InlineData(" 2+3 * 4 ", "14")]
    [InlineData("(2 + 3) * 4", "20")]
    [InlineData("10 - 3 - 2", "5")]
    [InlineData("100 / 10 / 5", "2")]
    [InlineData("2 - -3", "5")]
    [InlineData("--(-2)", "-2")]
    [InlineData("0.1 + 0.2", "0.3")]
    [InlineData("1.50 * 2", "3")]
    [InlineData("1 / 3", "0.3333333333333333333333333333")]
    [InlineData(".5 + 5.", "5.5")]
    [InlineData("-0", "0")]
    public void Evaluate_Expression_GivesItsValue(string expression, string value) => Assert.Equal(value, Calculator.Evaluate(expression));

    [Theory]
    [InlineData("", "ends too early")]
    [InlineData("(1 + 2", "ends too early")]
    [InlineData("1 +", "ends too early")]
    [InlineData("1 2", "'2' at position 3")]
    [InlineData("1)", "')' at position 2")]
    [InlineData("2 ** 3", "'*' at position 4")]
    [InlineData("1.2.3", "'1' at position 1")]
    [InlineData("System.Exit()", "'S' at position 1")]
    [InlineData("1 / (2 - 2)", "divides by zero")]
    [InlineData("9999999999999999999999999999 * 100", "too large")]
    [InlineData("99999999999999999999999999999999", "too large")]
    public void Evaluate_AnythingElse_SaysWhatIsWrong(string expression, string why) =>
        Assert.Contains(why, Assert.Throws<InvalidInputException>(() => Calculator.Evaluate(expression)).Message);

    [Fact]
    public void Evaluate_DeepNesting_IsBoundedByTheLength()
    {
        Assert.Equal("1", Calculator.Evaluate(new string('(', 99) + "1" + new string(')', 99)));
        var error = Assert.Throws<InvalidInputException>(() => Calculator.Evaluate(new string('(', 100_000)));
        Assert.Equal("The expression has 100000 characters; the limit is 200. Send a shorter one.", error.Message);
    }
}
