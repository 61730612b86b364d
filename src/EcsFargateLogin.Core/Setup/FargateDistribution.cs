namespace EcsFargateLogin;

/// <summary>A Linux distribution, and with it the package manager by which an image gets its SSH server.</summary>
public enum FargateDistribution
{
    /// <summary>Debian: apt-get.</summary>
    Debian,
    /// <summary>Ubuntu: apt-get.</summary>
    Ubuntu,
    /// <summary>Alpine: apk.</summary>
    Alpine,
    /// <summary>Amazon Linux 2 and 2023: yum, dnf or microdnf.</summary>
    AmazonLinux,
}
