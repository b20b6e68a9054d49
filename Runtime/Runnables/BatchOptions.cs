namespace Serving.Runtime.Runnables;

/// <summary>How a batch runs.</summary>
public sealed class BatchOptions
{
    /// <summary>How many inputs run at once.</summary>
    /// <value>Default null: the smallest limit the contexts' configs set; none if they set none.</value>
    public int? MaxConcurrency { get; set; }

    /// <summary>Whether a failure stands in the place of its answer instead of ending the batch.</summary>
    /// <value>Default false: the first failure cancels the rest and is thrown.</value>
    public bool ReturnErrors { get; set; }
}
