// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICourt} from "./ICourt.sol";

/// @title Published rules that jobs can be created from
/// @notice Whoever creates a template may ask a fee of every job made from it, paid when the job completes. Jobs keep
/// the fee and the rules that held when they were created.
interface IJobTemplates {
    struct Template {
        address creator;
        uint16 feeBps;
        bool active;
        bytes32 rulesHash;
    }

    event TemplateCreated(
        uint32 indexed templateId,
        address indexed creator,
        uint16 feeBps,
        string name,
        string metadataURI,
        ICourt.Rules rules
    );
    event TemplateUpdated(
        uint32 indexed templateId, uint16 feeBps, string name, string metadataURI, ICourt.Rules rules
    );
    event TemplateActivated(uint32 indexed templateId, bool active);
    event TemplateTransferred(uint32 indexed templateId, address indexed creator);

    error TemplateNotFound(uint32 templateId);
    error NotCreator(uint32 templateId, address caller);
    error TemplateFeeTooHigh(uint16 feeBps);
    error ZeroCreator();
    error TextTooLong(uint256 length);

    /// @notice Publishes rules. Anyone; ids start at 1. The rules are checked when a job is proposed with them.
    function create(string calldata name, string calldata metadataURI, ICourt.Rules calldata rules, uint16 feeBps)
        external
        returns (uint32 templateId);

    /// @notice Replaces what later jobs get. Creator only. The fee can only fall: offers are signed under it.
    function update(
        uint32 templateId,
        string calldata name,
        string calldata metadataURI,
        ICourt.Rules calldata rules,
        uint16 feeBps
    ) external;

    /// @notice Stops or resumes the creation of jobs from it. Creator only.
    function setActive(uint32 templateId, bool active) external;

    /// @notice Hands the template, and the fees of its running jobs, to another account. Creator only.
    function transfer(uint32 templateId, address creator) external;

    /// @notice Reverts when there is none.
    function getTemplate(uint32 templateId) external view returns (Template memory);

    function templateCount() external view returns (uint32);
}
