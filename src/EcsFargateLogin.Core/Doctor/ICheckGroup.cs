namespace EcsFargateLogin.Doctor;

/// <summary>Some checks that belong together.</summary>
internal interface ICheckGroup
{
    /// <summary>What they are about, for people.</summary>
    string Name { get; }

    /// <summary>Looks, and shows a row for each check. A check that fails is a row and no exception.</summary>
    Task RunAsync(Examination examination, CancellationToken cancellationToken);
}
