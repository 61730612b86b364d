namespace EcsFargateLogin.Transfers;

/// <summary>What a copy is made of, each with a destination of its own.</summary>
/// <param name="report">Is told what cannot be copied.</param>
/// <param name="paths">Which destinations are the same.</param>
internal sealed class CopyPlan(CopyReport report, StringComparer paths)
{
    private readonly Dictionary<string, CopyItem> _byDestination = new(paths);

    /// <summary>The files and folders, folders before what they hold.</summary>
    public List<CopyItem> Items { get; } = [];

    /// <summary>
    /// Adds an item, unless another one of this copy has the same destination: the later would replace the earlier. Folders of the
    /// same name become one, where the name is the same to the letter.
    /// </summary>
    /// <exception cref="FargateException">Another one has it.</exception>
    public void Add(CopyItem item)
    {
        if (!_byDestination.TryAdd(item.Destination, item)
            && _byDestination[item.Destination] is var other
            && !(other.IsFolder && item.IsFolder && other.Destination == item.Destination))
        {
            throw TransferErrors.CopyFailed(item.Source, $"it would replace the copy of '{other.Source}' as '{other.Destination}'");
        }

        Items.Add(item);
    }

    /// <summary>Adds items, and reports each that cannot be added.</summary>
    public void Add(IEnumerable<CopyItem> items)
    {
        foreach (var item in items)
        {
            try
            {
                Add(item);
            }
            catch (FargateException e)
            {
                report.Failed(item.Source, e);
            }
        }
    }
}
