namespace LocalFargate.Tasks;

/// <summary>What a task runs.</summary>
internal interface ITaskContainers
{
    /// <summary>The first image of the task that the server does not have, or null.</summary>
    string? FindMissingImage();

    /// <summary>Starts all of them.</summary>
    Task StartAsync();

    /// <summary>Ends all of them: politely at first, unless that token is cancelled.</summary>
    Task StopAsync(CancellationToken abort);
}
