namespace Serving.Faults.Tests.Matrix;

/// <summary>How far the provider's answer is when it goes wrong. Of a whole answer, half of the body is there after text and after a tool call.</summary>
internal enum Position
{
    BeforeFirstToken,
    AfterText,
    AfterToolCall,
}
