@{
    Severity     = @('Error', 'Warning', 'Information')
    ExcludeRules = @(
        # build.ps1 and the demo talk to the person at the terminal.
        'PSAvoidUsingWriteHost'
    )
}
