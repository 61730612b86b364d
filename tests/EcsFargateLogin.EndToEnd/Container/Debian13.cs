namespace EcsFargateLogin.EndToEnd.Container;

/// <summary>The programs of Debian 13, among them OpenSSH 10, as debian13.sh unpacks them.</summary>
internal static class Debian13
{
    public static string Folder { get; } = ContainerFiles.InRepository("artifacts", "debian13");
}

/// <summary>A test with OpenSSH 10. It is not run, and says why, where Debian 13's packages could not be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class Debian13FactAttribute : FactAttribute
{
    public Debian13FactAttribute()
    {
        if (!Directory.Exists(Debian13.Folder))
        {
            Skip = $"{Debian13.Folder} is missing: tests/EcsFargateLogin.EndToEnd/Container/debian13.sh makes it.";
        }
    }
}
