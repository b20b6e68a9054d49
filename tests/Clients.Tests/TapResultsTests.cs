namespace Serving.Clients.Tests;

public sealed class TapResultsTests
{
    [Fact]
    public void Parse_TestsAndSubtests_SortsThemByHowTheyWent()
    {
        var results = TapResults.Parse("""
            TAP version 13
            # Subtest: outer \# one
                # Subtest: inner
                not ok 1 - inner
                  ---
                  error: 'not ok at all'
                  ...
                1..1
            not ok 1 - outer \# one
            ok 2 - fine
            ok 3 - left out # SKIP not here
            ok 4 - later # TODO
            1..4
            # pass 1
            """);

        Assert.Equal(["fine"], results.Passed);
        Assert.Equal(["inner", "outer # one"], results.Failed);
        Assert.Equal(["left out", "later"], results.Skipped);
    }
}
